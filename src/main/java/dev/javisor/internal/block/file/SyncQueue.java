package dev.javisor.internal.block.file;

import dev.javisor.internal.block.DiskQueue;
import dev.javisor.internal.block.DiskRequest;

/**
 * The engine that makes a blocking call for each request: the fastest there is where the page cache
 * answers.
 */
final class SyncQueue implements DiskQueue {
  private final FileRequests requests;

  SyncQueue(FileRequests requests) {
    this.requests = requests;
  }

  @Override
  public void submit(DiskRequest request) {
    requests.carryOut(request);
  }

  @Override
  public void commit() {}

  @Override
  public void reap() {}

  @Override
  public boolean hasResult() {
    return false;
  }

  @Override
  public void await(long nanos) {}
}
