package dev.javisor.internal.block;

import dev.javisor.backend.BlockBackend;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue's way to a user's backend. Requests that the backend ends on threads of its own wait in a
 * list for the queue's worker.
 */
final class BackendQueue implements DiskQueue, DiskRequest.Ending {
  private static final Logger log = LoggerFactory.getLogger(BackendQueue.class);

  private final BlockBackend backend;
  private final DiskWaker waker;
  private final FaultLog faults;
  private final AtomicReference<@Nullable DiskRequest> ended = new AtomicReference<>();
  private final Set<DiskRequest> lent = new HashSet<>();
  private final Object arrival = new Object();
  private @Nullable Thread submitter;

  BackendQueue(BlockBackend backend, DiskWaker waker, FaultLog faults) {
    this.backend = backend;
    this.waker = waker;
    this.faults = faults;
  }

  @Override
  public void submit(DiskRequest request) {
    lent.add(request);
    request.lend(this);
    submitter = Thread.currentThread();
    try {
      backend.submit(request);
    } catch (Throwable e) {
      // User code: an Error of it must not end the worker either.
      if (request.takeBack()) {
        request.failed();
        ended(request, e);
      } else {
        faults.failed(request, "the backend threw " + e);
      }
    } finally {
      submitter = null;
    }
    reap();
  }

  @Override
  public void commit() {}

  @Override
  public void reap() {
    DiskRequest last = ended.getAndSet(null);
    DiskRequest first = null;
    while (last != null) {
      // The list has the latest in front; the guest gets the oldest first.
      DiskRequest before = last.next;
      last.next = first;
      first = last;
      last = before;
    }
    while (first != null) {
      DiskRequest request = first;
      first = request.next;
      request.next = null;
      lent.remove(request);
      request.end();
    }
  }

  @Override
  public boolean hasResult() {
    return ended.get() != null;
  }

  @Override
  @SuppressWarnings("WaitNotInLoop") // The caller loops: it has other things to look at, too.
  public void await(long nanos) {
    long millis = Math.max(1, nanos / 1_000_000);
    synchronized (arrival) {
      if (ended.get() == null) {
        try {
          arrival.wait(millis);
        } catch (InterruptedException e) {
          // The caller looks at its clock anyway; with the flag kept, it would not wait any more.
        }
      }
    }
  }

  @Override
  public void cancel() {
    try {
      backend.cancel();
    } catch (Throwable e) {
      // User code: whatever it throws, its requests are waited for.
      log.warn("{}: threw when asked to cancel", backend.getClass().getName(), e);
    }
  }

  @Override
  public void close() {
    lent.forEach(DiskRequest::takeBack);
    lent.clear();
  }

  /** Any thread. */
  @Override
  public void ended(DiskRequest request, @Nullable Throwable reason) {
    if (reason != null) {
      faults.failed(request, String.valueOf(reason));
    }
    DiskRequest before;
    do {
      before = ended.get();
      request.next = before;
    } while (!ended.compareAndSet(before, request));
    if (Thread.currentThread() != submitter) {
      synchronized (arrival) {
        arrival.notifyAll();
      }
      waker.wake();
    }
  }
}
