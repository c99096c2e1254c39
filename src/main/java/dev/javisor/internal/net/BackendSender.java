package dev.javisor.internal.net;

import dev.javisor.backend.NetBackend;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue's way to a user's backend. Frames that the backend gives back on threads of its own wait
 * in a list for the queue's worker.
 */
final class BackendSender implements NetSender {
  private static final Logger log = LoggerFactory.getLogger(BackendSender.class);

  private final String name;
  private final NetBackend backend;
  private final NetWaker waker;
  private final AtomicReference<@Nullable SentFrame> ended = new AtomicReference<>();
  private final Set<SentFrame> lent = new HashSet<>();
  private final Object arrival = new Object();
  private volatile @Nullable Thread submitter;
  private boolean complained;

  BackendSender(String name, NetBackend backend, NetWaker waker) {
    this.name = name;
    this.backend = backend;
    this.waker = waker;
  }

  @Override
  public void send(SentFrame frame) {
    lent.add(frame);
    frame.lend(this);
    submitter = Thread.currentThread();
    try {
      backend.transmit(frame);
    } catch (Throwable e) {
      // User code: an Error of it must not end the worker either.
      if (!complained) {
        complained = true;
        log.warn("{}: the backend threw; later errors of it are not logged", name, e);
      }
      if (frame.takeBack()) {
        ended(frame);
      }
    } finally {
      submitter = null;
    }
    reap();
  }

  @Override
  public void reap() {
    SentFrame last = ended.getAndSet(null);
    SentFrame first = null;
    while (last != null) {
      // The list has the latest in front; the guest gets the oldest first.
      SentFrame before = last.next;
      last.next = first;
      first = last;
      last = before;
    }
    while (first != null) {
      SentFrame frame = first;
      first = frame.next;
      frame.next = null;
      lent.remove(frame);
      frame.end(false);
    }
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
      // User code: whatever it throws, its frames are waited for.
      log.warn("{}: the backend threw when asked to give frames back", name, e);
    }
  }

  @Override
  public void close() {
    lent.forEach(SentFrame::abandon);
    lent.clear();
  }

  /** Any thread. */
  void ended(SentFrame frame) {
    SentFrame before;
    do {
      before = ended.get();
      frame.next = before;
    } while (!ended.compareAndSet(before, frame));
    if (Thread.currentThread() != submitter) {
      synchronized (arrival) {
        arrival.notifyAll();
      }
      waker.wake();
    }
  }
}
