package dev.javisor.internal.machine;

import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.BlockRequest;
import dev.javisor.backend.BlockStatus;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** A disk whose {@code submit} does not return until a test says so. */
final class StuckDisk implements BlockBackend {
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final CompletableFuture<byte[]> seen = new CompletableFuture<>();

  @Override
  public long size() {
    return 4096;
  }

  @Override
  public void submit(BlockRequest request) {
    entered.countDown();
    while (released.getCount() > 0) {
      try {
        released.await();
      } catch (InterruptedException e) {
        // Code that does not let itself be ended.
      }
    }
    try {
      byte[] bytes = new byte[8];
      request.copyTo(0, bytes, 0, bytes.length);
      request.buffer(0).put(1, (byte) 1);
      seen.complete(bytes);
    } catch (RuntimeException e) {
      seen.completeExceptionally(e);
    }
    request.complete(BlockStatus.OK);
  }

  /** Waits until it is in a request. */
  void awaitRequest() throws InterruptedException {
    entered.await();
  }

  /** Lets it return. */
  void release() {
    released.countDown();
  }

  /** The first bytes of the request's data, read after the release. */
  byte[] seen() {
    return seen.join();
  }
}
