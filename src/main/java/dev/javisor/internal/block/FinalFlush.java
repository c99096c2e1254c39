package dev.javisor.internal.block;

import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.BlockOperation;
import dev.javisor.backend.BlockRequest;
import dev.javisor.backend.BlockStatus;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The last request of a disk in Java, once its guest has ended: no driver asked for it. */
final class FinalFlush implements BlockRequest {
  private final CompletableFuture<BlockStatus> status = new CompletableFuture<>();

  /**
   * Carries it out. An interrupt is kept.
   *
   * @return null, or what went wrong
   */
  @Nullable String run(BlockBackend backend, long patienceNanos) {
    boolean interrupted = false;
    long start = System.nanoTime();
    try {
      backend.submit(this);
      while (true) {
        try {
          long left = patienceNanos - (System.nanoTime() - start);
          BlockStatus ended = status.get(left, TimeUnit.NANOSECONDS);
          return ended == BlockStatus.OK ? null : ended.toString();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (TimeoutException e) {
      return "it is not complete";
    } catch (ExecutionException e) {
      return String.valueOf(e.getCause());
    } catch (Throwable e) {
      // User code: an Error of it must not keep the machine from its end.
      return String.valueOf(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public BlockOperation operation() {
    return BlockOperation.FLUSH;
  }

  @Override
  public long offset() {
    return 0;
  }

  @Override
  public long length() {
    return 0;
  }

  @Override
  public int queue() {
    return 0;
  }

  @Override
  public boolean mayUnmap() {
    return false;
  }

  @Override
  public int bufferCount() {
    return 0;
  }

  @Override
  public ByteBuffer buffer(int index) {
    throw none();
  }

  @Override
  public void copyTo(long position, byte[] target, int start, int length) {
    throw none();
  }

  @Override
  public void copyTo(long position, ByteBuffer target) {
    throw none();
  }

  @Override
  public void copyFrom(long position, byte[] source, int start, int length) {
    throw none();
  }

  @Override
  public void copyFrom(long position, ByteBuffer source) {
    throw none();
  }

  private static IndexOutOfBoundsException none() {
    return new IndexOutOfBoundsException("a FLUSH has no buffers");
  }

  @Override
  public void complete(BlockStatus with) {
    if (!status.complete(with)) {
      throw new IllegalStateException("the request is complete already");
    }
  }

  @Override
  public void fail(Throwable reason) {
    if (!status.completeExceptionally(reason)) {
      throw new IllegalStateException("the request is complete already");
    }
  }
}
