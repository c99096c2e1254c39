package dev.javisor.internal.block.file;

import dev.javisor.backend.BlockOperation;
import dev.javisor.internal.block.DiskQueue;
import dev.javisor.internal.block.DiskRequest;
import dev.javisor.internal.block.DiskWaker;
import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.sys.DiskFile;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.IoUring;
import org.jspecify.annotations.Nullable;

/**
 * The engine that leaves requests to the kernel, a batch at a time, by io_uring: it keeps a real
 * disk busy at depth. The kernel wakes the queue's worker by its event descriptor.
 *
 * <p>While the worker is at work, the kernel need not signal.
 */
final class UringQueue implements DiskQueue {
  private static final long REST_PAUSE = 1_000_000_000L;

  private final IoUring ring;
  private final FileCalls file;
  private final FileRequests requests;
  private final DiskWaker waker;
  private final @Nullable DiskRequest[] slots;
  private final int[] freeSlots;
  private int free;

  /**
   * @param ring with room for {@code depth} operations, signalling to the waker
   */
  UringQueue(IoUring ring, FileCalls file, FileRequests requests, DiskWaker waker, int depth) {
    this.ring = ring;
    this.file = file;
    this.requests = requests;
    this.waker = waker;
    slots = new DiskRequest[depth];
    freeSlots = new int[depth];
    for (int i = 0; i < depth; i++) {
      freeSlots[i] = i;
    }
    free = depth;
  }

  @Override
  public void submit(DiskRequest request) {
    int slot = freeSlots[--free];
    slots[slot] = request;
    start(slot, request);
  }

  @Override
  public void commit() {
    submitRing();
    do {
      take();
    } while (ring.notifications(true));
  }

  @Override
  public void reap() {
    ring.notifications(false);
    take();
  }

  @Override
  public boolean hasResult() {
    return ring.hasResult();
  }

  @Override
  public void await(long nanos) {
    ring.submit();
    ring.await(nanos);
  }

  /**
   * Requests that are still under way are left to a thread that waits for them: the kernel goes on
   * writing to their memory, which therefore stays mapped until then.
   */
  @Override
  public void close() {
    if (free == slots.length) {
      ring.close();
      return;
    }
    for (DiskRequest request : slots) {
      if (request != null) {
        request.keepMemory();
      }
    }
    Thread rest = new Thread(this::closeOnceDone, "javisor io_uring rest");
    rest.setDaemon(true);
    rest.start();
  }

  private void closeOnceDone() {
    int underWay = slots.length - free;
    while (underWay > 0) {
      ring.await(REST_PAUSE);
      while (ring.hasResult()) {
        // Nobody hears of it any more; but its memory is free only now.
        slots[(int) ring.token()] = null;
        ring.next();
        underWay--;
      }
    }
    ring.close();
  }

  private void start(int slot, DiskRequest request) {
    switch (request.operation()) {
      case READ, WRITE -> startTransfer(slot, request);
      case FLUSH ->
          ring.add(
              IoUring.OP_FSYNC,
              file.descriptor(request.vector(), 0),
              0,
              0,
              0,
              IoUring.FSYNC_DATASYNC,
              slot);
      case DISCARD -> startAllocate(slot, request, DiskFile.PUNCH_HOLE);
      case WRITE_ZEROES -> startAllocate(slot, request, FileRequests.zeroMode(request));
    }
  }

  private void startTransfer(int slot, DiskRequest request) {
    IoVector vector = request.vector();
    long offset = request.offset() + request.length() - vector.bytes();
    int descriptor = file.descriptor(vector, offset);
    boolean write = request.operation() == BlockOperation.WRITE;
    if (vector.count() == 1 && vector.length(0) <= Integer.MAX_VALUE) {
      int operation = write ? IoUring.OP_WRITE : IoUring.OP_READ;
      ring.add(operation, descriptor, offset, vector.hva(0), (int) vector.length(0), 0, slot);
    } else {
      int operation = write ? IoUring.OP_WRITEV : IoUring.OP_READV;
      ring.add(operation, descriptor, offset, vector.address(), vector.count(), 0, slot);
    }
  }

  private void startAllocate(int slot, DiskRequest request, int mode) {
    ring.add(
        IoUring.OP_FALLOCATE,
        file.descriptor(request.vector(), 0),
        request.offset(),
        request.length(),
        mode | DiskFile.KEEP_SIZE,
        0,
        slot);
  }

  private void take() {
    while (ring.hasResult()) {
      int slot = (int) ring.token();
      int result = ring.result();
      ring.next();
      DiskRequest request = slots[slot];
      if (request != null) {
        finished(slot, request, result);
      }
    }
    submitRing();
  }

  private void submitRing() {
    if (ring.submit() < 0) {
      // The kernel is short of memory: what it did not take is handed over in the next round.
      waker.wake();
    }
  }

  /** Ends the request of a slot, or starts what is left of it. */
  private void finished(int slot, DiskRequest request, int result) {
    boolean transfer =
        request.operation() == BlockOperation.READ || request.operation() == BlockOperation.WRITE;
    if (result == -Errno.EINTR || result == -Errno.EAGAIN) {
      start(slot, request);
      return;
    }
    if (transfer && result > 0) {
      request.vector().advance(result);
      if (request.vector().bytes() > 0) {
        start(slot, request);
        return;
      }
    }
    slots[slot] = null;
    freeSlots[free++] = slot;
    switch (request.operation()) {
      case READ, WRITE -> {
        if (result == 0) {
          requests.endedShort(request);
        } else {
          requests.end(request, result);
        }
      }
      case FLUSH -> requests.end(request, result);
      case DISCARD -> requests.discarded(request, result);
      case WRITE_ZEROES -> requests.zeroed(request, result);
    }
  }
}
