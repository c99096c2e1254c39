package dev.javisor.internal.virtio.blk;

import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.BlockOperation;
import dev.javisor.backend.BlockRequest;
import dev.javisor.backend.BlockStatus;
import java.util.ArrayList;
import java.util.List;

/** A disk that keeps its requests until the test ends them. */
class SlowBackend implements BlockBackend {
  private final long size;
  private final List<BlockRequest> kept = new ArrayList<>();
  private final List<BlockOperation> seen = new ArrayList<>();
  private BlockRequest last;
  boolean readOnly;
  boolean completeAtOnce;
  boolean completeOnCancel;

  SlowBackend(long size) {
    this.size = size;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public boolean discards() {
    return true;
  }

  @Override
  public synchronized void submit(BlockRequest request) {
    seen.add(request.operation());
    last = request;
    if (completeAtOnce) {
      request.complete(BlockStatus.OK);
    } else {
      kept.add(request);
    }
  }

  @Override
  public synchronized void cancel() {
    if (completeOnCancel) {
      kept.forEach(request -> request.complete(BlockStatus.IOERR));
      kept.clear();
    }
  }

  synchronized BlockRequest take(int index) {
    return kept.remove(index);
  }

  synchronized BlockRequest last() {
    return last;
  }

  synchronized List<BlockOperation> seen() {
    return List.copyOf(seen);
  }
}
