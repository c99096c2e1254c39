package dev.javisor.internal.vsock;

import dev.javisor.error.VsockException;
import dev.javisor.error.VsockException.Reason;
import dev.javisor.internal.bus.Scheduler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A stream between a port of the guest and one of the host: virtio 1.3 §5.10.6. It keeps up to
 * {@link #window} bytes that the guest sent, and as many for the guest; who sends more waits, and a
 * guest that does not is cut off.
 *
 * <p>Threading: the user's methods any thread, one that reads and one that writes at a time; {@link
 * #receive} and {@link #next} the device's worker.
 */
public final class VsockConnection {
  /** The most bytes that wait in each direction. */
  public static final int BUFFER = 256 * 1024;

  /** How long the guest may take nothing of what waits for it once the host has closed. */
  static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(8);

  private final VsockHub hub;
  private final int window;
  private final VsockStream stream;
  private final BooleanSupplier more;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile @Nullable Runnable listener;
  private Scheduler.@Nullable Scheduled lingering;
  private boolean removed;
  private boolean freed;

  /** Whether it is in the list of those that have something to send; under that list's lock. */
  boolean queued;

  /**
   * @param window the most bytes that wait in each direction; they are the hub's until {@link
   *     VsockHub#free}
   */
  VsockConnection(VsockHub hub, VsockStream stream, int window) {
    this.hub = hub;
    this.stream = stream;
    more = stream::hasNext;
    this.window = window;
  }

  /** The host's port, an unsigned number. */
  public int hostPort() {
    return stream.hostPort();
  }

  /** The guest's port, an unsigned number. */
  public int guestPort() {
    return stream.guestPort();
  }

  /** The most bytes that wait in each direction: less than {@link #BUFFER} where there are many. */
  public int window() {
    return window;
  }

  /** Hears of each change; called on the device's worker and others, and must return at once. */
  public void onChange(Runnable to) {
    listener = to;
  }

  /** Accepts what the guest asks for. */
  public void accept() {
    lock.lock();
    try {
      stream.accept();
    } finally {
      lock.unlock();
    }
    hub.ready(this);
  }

  /** Whether both sides agreed on it, and neither ended it. */
  public boolean isOpen() {
    return locked(() -> stream.isOpen() && !stream.isClosed());
  }

  /** Whether the user has not closed it; it may have ended all the same. */
  public boolean notClosed() {
    return locked(() -> !stream.isClosed());
  }

  private boolean locked(BooleanSupplier question) {
    lock.lock();
    try {
      return question.getAsBoolean();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether the guest has accepted.
   *
   * @throws IOException if it refused, or the connection ended
   */
  public boolean tryOpen() throws IOException {
    lock.lock();
    try {
      return stream.tryOpen();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the guest has accepted.
   *
   * @throws IOException if it does not, or not in time; the connection is closed then
   */
  public void awaitOpen(long nanos) throws IOException {
    try {
      lock.lock();
      try {
        long left = nanos;
        while (!tryOpen()) {
          if (left <= 0) {
            throw new VsockException(Reason.TIMED_OUT, stream.unanswered(nanos));
          }
          left = await(left);
        }
      } finally {
        lock.unlock();
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** As a blocking channel reads. */
  public int read(ByteBuffer target) throws IOException {
    lock.lock();
    try {
      int count;
      while ((count = tryRead(target)) == 0 && target.hasRemaining()) {
        await();
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads what there is.
   *
   * @return 0 if there is nothing yet, -1 if nothing more comes
   */
  public int tryRead(ByteBuffer target) throws IOException {
    boolean tell;
    int count;
    lock.lock();
    try {
      count = stream.read(target);
      tell = count > 0 && stream.owesCredit();
      freeWhereOver();
    } finally {
      lock.unlock();
    }
    if (tell) {
      hub.ready(this);
    }
    return count;
  }

  /** As a blocking channel writes: all of it. */
  public int write(ByteBuffer source) throws IOException {
    int count = source.remaining();
    lock.lock();
    try {
      tryWrite(source);
      while (source.hasRemaining()) {
        await();
        tryWrite(source);
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  /** Writes as much as there is room for; returns how much that was. */
  public int tryWrite(ByteBuffer source) throws IOException {
    int count;
    lock.lock();
    try {
      count = stream.write(source);
    } finally {
      lock.unlock();
    }
    if (count > 0) {
      hub.ready(this);
    }
    return count;
  }

  /** Lets the guest see the end of the stream once it has read what was written. */
  public void shutdownOutput() throws IOException {
    shut(false, true);
  }

  /** Takes nothing more from the guest; what waits is dropped. */
  public void shutdownInput() throws IOException {
    shut(true, false);
  }

  private void shut(boolean input, boolean output) throws IOException {
    lock.lock();
    try {
      stream.shut(input, output);
      noteEnd();
    } finally {
      lock.unlock();
    }
    hub.ready(this);
  }

  /** Ends it. What was written still reaches the guest, if it takes it. */
  public void close() {
    boolean gone;
    lock.lock();
    try {
      if (stream.isClosed()) {
        return;
      }
      gone = stream.close();
      if (stream.isOpen()) {
        lingering = hub.later(LINGER_NANOS, this::lingered);
      }
      noteEnd();
    } finally {
      lock.unlock();
    }
    if (gone) {
      hub.remove(this);
    } else {
      hub.ready(this);
    }
  }

  /** The guest had its time; it gets more as long as it takes something. */
  private void lingered() {
    lock.lock();
    try {
      if (!stream.isOpen()) {
        return;
      }
      if (stream.movesOn()) {
        lingering = hub.later(LINGER_NANOS, this::lingered);
      } else {
        stream.reset(Reason.TIMED_OUT, "the guest does not answer the host's close");
        noteEnd();
      }
    } finally {
      lock.unlock();
    }
    hub.ready(this);
  }

  /**
   * Ends it without a word to the guest, which knows of it no more.
   *
   * @param sparing whether one that the guest has not heard of may go on
   * @return whether it ended
   */
  boolean end(Reason reason, String cause, boolean sparing) {
    lock.lock();
    try {
      if (!stream.end(reason, cause, sparing)) {
        return false;
      }
      noteEnd();
    } finally {
      lock.unlock();
    }
    tell();
    return true;
  }

  /** Whoever waits looks again, and nothing is due any more where it has ended. */
  private void noteEnd() {
    Scheduler.Scheduled timer = lingering;
    if (timer != null && stream.isEnded()) {
      timer.cancel();
    }
    freeWhereOver();
    changed.signalAll();
  }

  /** It is out of the hub's list; what the guest sent before may still be read. */
  void removed() {
    lock.lock();
    try {
      removed = true;
      freeWhereOver();
    } finally {
      lock.unlock();
    }
  }

  private void freeWhereOver() {
    if (removed && !freed && stream.isEmpty()) {
      freed = true;
      hub.free(window);
    }
  }

  /** Takes a packet of the guest's; its data is as long as the header says. */
  void receive(PacketHeader header, PacketData.Source data) {
    boolean over;
    lock.lock();
    try {
      over = stream.receive(header, data);
      noteEnd();
    } finally {
      lock.unlock();
    }
    if (over) {
      hub.remove(this);
    } else {
      hub.ready(this);
    }
    tell();
  }

  /** Whether {@link #next} has something for the guest. */
  boolean hasNext() {
    return locked(more);
  }

  /**
   * Writes a packet for the guest.
   *
   * @param room bytes of data that it may have, at least 1
   * @return the bytes of its data, or -1 if there is no packet
   */
  int next(PacketHeader header, PacketData.Target target, int room) {
    int length;
    lock.lock();
    try {
      if (!stream.hasNext()) {
        return -1;
      }
      length = stream.next(header, target, room);
      if (length > 0) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (header.operation() == PacketHeader.RST) {
      hub.remove(this);
    }
    if (length > 0) {
      tell();
    }
    return length;
  }

  private void tell() {
    Runnable to = listener;
    if (to != null) {
      to.run();
    }
  }

  /** Waits for a change that is no close. */
  private void await() throws IOException {
    await(Long.MAX_VALUE);
    if (stream.isClosed()) {
      throw new AsynchronousCloseException();
    }
  }

  /** Waits for a change; an interrupt closes the connection, as it does channels. */
  private long await(long nanos) throws ClosedByInterruptException {
    try {
      return changed.awaitNanos(nanos);
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new ClosedByInterruptException();
    }
  }

  @Override
  public String toString() {
    return stream.toString();
  }
}
