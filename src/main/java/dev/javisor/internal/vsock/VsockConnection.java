package dev.javisor.internal.vsock;

import dev.javisor.error.VsockException;
import dev.javisor.error.VsockException.Reason;
import dev.javisor.internal.bus.Scheduler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A stream between a port of the guest and one of the host: virtio 1.3 §5.10.6. It keeps up to
 * {@link #BUFFER} bytes that the guest sent, and as many for the guest; who sends more waits, and a
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

  private enum Phase {
    /** The host asks the guest. */
    ASKING,
    /** The guest asks the host. */
    ASKED,
    OPEN,
    ENDED
  }

  private final VsockHub hub;
  private final int hostPort;
  private final int guestPort;

  /** Whether it is in the hub's list of those that have something to send. */
  final AtomicBoolean queued = new AtomicBoolean();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ByteRing in = new ByteRing(BUFFER);
  private final ByteRing out = new ByteRing(BUFFER);
  private final Credit credit = new Credit(BUFFER);
  private volatile @Nullable Runnable listener;
  private Phase phase;

  /** What is to be sent before anything else; 0 if nothing. */
  private int answer;

  private boolean asked;
  private boolean closed;
  private boolean inputShut;
  private boolean outputShut;
  private boolean guestSilent;
  private boolean guestDeaf;
  private int shutTold;
  private boolean creditAsked;
  private boolean creditOwed;
  private boolean moved;
  private Scheduler.@Nullable Scheduled lingering;
  private @Nullable Reason failure;
  private String why = "";

  private VsockConnection(VsockHub hub, int hostPort, int guestPort, Phase phase) {
    this.hub = hub;
    this.hostPort = hostPort;
    this.guestPort = guestPort;
    this.phase = phase;
  }

  /** One that the host asks for. */
  static VsockConnection toGuest(VsockHub hub, int hostPort, int guestPort) {
    VsockConnection made = new VsockConnection(hub, hostPort, guestPort, Phase.ASKING);
    made.answer = PacketHeader.REQUEST;
    return made;
  }

  /** One that the guest asks for. */
  static VsockConnection fromGuest(VsockHub hub, PacketHeader request) {
    VsockConnection made =
        new VsockConnection(hub, request.targetPort(), request.sourcePort(), Phase.ASKED);
    made.credit.heard(request);
    return made;
  }

  /** The host's port, an unsigned number. */
  public int hostPort() {
    return hostPort;
  }

  /** The guest's port, an unsigned number. */
  public int guestPort() {
    return guestPort;
  }

  /** Hears of each change; called on the device's worker and others, and must return at once. */
  public void onChange(Runnable to) {
    listener = to;
  }

  /** Accepts what the guest asks for. */
  public void accept() {
    lock.lock();
    try {
      if (phase == Phase.ASKED) {
        phase = Phase.OPEN;
        answer = PacketHeader.RESPONSE;
      }
    } finally {
      lock.unlock();
    }
    hub.ready(this);
  }

  /** Whether both sides agreed on it, and neither ended it. */
  public boolean isOpen() {
    lock.lock();
    try {
      return phase == Phase.OPEN && !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the user has not closed it; it may have ended all the same. */
  public boolean notClosed() {
    lock.lock();
    try {
      return !closed;
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
      checkClosed();
      refuseEnded();
      return phase == Phase.OPEN;
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
            throw new VsockException(Reason.TIMED_OUT, tooLate(nanos));
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

  private String tooLate(long nanos) {
    String time = "%d ms".formatted(TimeUnit.NANOSECONDS.toMillis(nanos));
    String port = Integer.toUnsignedString(guestPort);
    return asked
        ? "vsock port %s of the guest: no answer within %s".formatted(port, time)
        : ("vsock port %s of the guest: no driver took the request within %s; Linux has it in"
                + " vmw_vsock_virtio_transport")
            .formatted(port, time);
  }

  /** As a blocking channel reads. */
  public int read(ByteBuffer target) throws IOException {
    lock.lock();
    try {
      int count;
      while ((count = tryRead(target)) == 0 && target.hasRemaining()) {
        await(Long.MAX_VALUE);
        checkNotClosedMeanwhile();
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
    boolean tell = false;
    int count;
    lock.lock();
    try {
      checkClosed();
      if (inputShut) {
        return -1;
      }
      count = in.take(target);
      if (count == 0 && target.hasRemaining()) {
        if (guestSilent) {
          return -1;
        }
        refuseEnded();
      }
      tell = count > 0 && phase == Phase.OPEN && credit.forwarded(count);
      creditOwed |= tell;
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
        await(Long.MAX_VALUE);
        checkNotClosedMeanwhile();
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
      checkClosed();
      if (outputShut) {
        throw new ClosedChannelException();
      }
      refuseEnded();
      if (guestDeaf) {
        throw new VsockException(Reason.RESET, name() + ": the guest reads no more");
      }
      count = out.put(source);
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
      checkClosed();
      outputShut |= output;
      if (input) {
        dropInput();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    hub.ready(this);
  }

  private void dropInput() {
    inputShut = true;
    creditOwed |= credit.forwarded(in.size());
    in.clear();
  }

  /** Ends it. What was written still reaches the guest, if it takes it. */
  public void close() {
    boolean gone = false;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      dropInput();
      outputShut = true;
      if (phase == Phase.OPEN) {
        lingering = hub.later(LINGER_NANOS, this::lingered);
      } else if (phase == Phase.ASKED || phase == Phase.ASKING && asked) {
        answer = PacketHeader.RST;
        phase = Phase.ENDED;
      } else if (phase == Phase.ASKING) {
        answer = 0;
        phase = Phase.ENDED;
        gone = true;
      }
      changed.signalAll();
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
      if (phase != Phase.OPEN) {
        return;
      }
      if (moved && !out.isEmpty()) {
        moved = false;
        lingering = hub.later(LINGER_NANOS, this::lingered);
      } else {
        reset(Reason.TIMED_OUT, "the guest does not answer the host's close");
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
      if (sparing && phase == Phase.ASKING && !asked) {
        return false;
      }
      answer = 0;
      finish(reason, cause);
    } finally {
      lock.unlock();
    }
    tell();
    return true;
  }

  private void finish(@Nullable Reason reason, String cause) {
    if (phase != Phase.ENDED) {
      phase = Phase.ENDED;
      failure = reason;
      why = cause;
      out.clear();
    }
    Scheduler.Scheduled timer = lingering;
    if (timer != null) {
      timer.cancel();
    }
    changed.signalAll();
  }

  /** Ends it, and tells the guest. */
  private void reset(Reason reason, String cause) {
    finish(reason, cause);
    answer = PacketHeader.RST;
  }

  /** Takes a packet of the guest's; its data is as long as the header says. */
  void receive(PacketHeader header, PacketData.Source data) {
    boolean over;
    lock.lock();
    try {
      over = header.operation() == PacketHeader.RST;
      if (over) {
        answer = 0;
        boolean agreed = closed || inputShut && outputShut;
        finish(
            agreed ? null : phase == Phase.ASKING ? Reason.REFUSED : Reason.RESET,
            phase == Phase.ASKING
                ? "nobody in the guest listens there"
                : "the guest has reset the connection");
        guestSilent |= agreed;
      } else if (phase != Phase.ENDED) {
        credit.heard(header);
        creditAsked &= credit.available() == 0;
        handle(header, data);
      }
      changed.signalAll();
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

  private void handle(PacketHeader header, PacketData.Source data) {
    switch (header.operation()) {
      case PacketHeader.RESPONSE -> {
        if (phase == Phase.ASKING && asked) {
          phase = Phase.OPEN;
        } else {
          reset(Reason.BROKEN, "an answer that nobody waits for");
        }
      }
      case PacketHeader.RW -> take((int) Math.min(header.length(), Integer.MAX_VALUE), data);
      case PacketHeader.CREDIT_UPDATE -> {
        // The header has been looked at.
      }
      case PacketHeader.CREDIT_REQUEST -> creditOwed = true;
      case PacketHeader.SHUTDOWN -> {
        guestSilent |= (header.flags() & PacketHeader.NO_SEND) != 0;
        guestDeaf |= (header.flags() & PacketHeader.NO_RECEIVE) != 0;
        if (guestSilent && guestDeaf || phase != Phase.OPEN) {
          reset(Reason.RESET, "the guest has closed the connection");
        } else if (guestDeaf) {
          out.clear();
        }
      }
      default -> reset(Reason.BROKEN, "operation %d".formatted(header.operation()));
    }
  }

  private void take(int length, PacketData.Source data) {
    if (phase != Phase.OPEN || guestSilent) {
      reset(Reason.BROKEN, "data from a guest that may not send");
    } else if (!credit.admits(length)) {
      reset(Reason.BROKEN, "more data than the guest may send");
    } else {
      credit.received(length);
      if (inputShut) {
        creditOwed |= credit.forwarded(length);
      } else {
        in.put(data, length);
      }
    }
  }

  /** Whether {@link #next} has something for the guest. */
  boolean hasNext() {
    lock.lock();
    try {
      return answer != 0
          || phase == Phase.OPEN
              && (shut() != shutTold
                  || creditOwed
                  || !out.isEmpty() && (credit.available() > 0 || !creditAsked));
    } finally {
      lock.unlock();
    }
  }

  private int shut() {
    return (inputShut ? PacketHeader.NO_RECEIVE : 0)
        | (outputShut && out.isEmpty() ? PacketHeader.NO_SEND : 0);
  }

  /**
   * Writes a packet for the guest.
   *
   * @param room bytes of data that it may have, at least 1
   * @return the bytes of its data, or -1 if there is no packet
   */
  int next(PacketHeader header, PacketData.Target target, int room) {
    boolean over = false;
    int length = 0;
    lock.lock();
    try {
      if (!hasNext()) {
        return -1;
      }
      if (answer != 0) {
        asked |= answer == PacketHeader.REQUEST;
        over = answer == PacketHeader.RST;
        set(header, answer);
        answer = 0;
      } else if (shut() != shutTold) {
        shutTold = shut();
        set(header, PacketHeader.SHUTDOWN);
        header.flags(shutTold);
      } else if (!out.isEmpty() && credit.available() > 0) {
        length = (int) Math.min(credit.available(), Math.min(room, out.size()));
        set(header, PacketHeader.RW);
        header.length(length);
        out.take(target, length);
        credit.sent(length);
        moved = true;
        changed.signalAll();
      } else if (creditOwed) {
        set(header, PacketHeader.CREDIT_UPDATE);
      } else {
        creditAsked = true;
        set(header, PacketHeader.CREDIT_REQUEST);
      }
    } finally {
      lock.unlock();
    }
    if (over) {
      hub.remove(this);
    }
    if (length > 0) {
      tell();
    }
    return length;
  }

  private void set(PacketHeader header, int operation) {
    header.set(hub.guestCid(), hostPort, guestPort, operation);
    credit.announce(header);
    creditOwed = false;
  }

  private void tell() {
    Runnable to = listener;
    if (to != null) {
      to.run();
    }
  }

  private void checkClosed() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  private void checkNotClosedMeanwhile() throws AsynchronousCloseException {
    if (closed) {
      throw new AsynchronousCloseException();
    }
  }

  private void refuseEnded() throws VsockException {
    if (phase == Phase.ENDED) {
      throw new VsockException(failure == null ? Reason.RESET : failure, name() + ": " + why);
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

  private String name() {
    return "vsock port %s of the guest, %s of the host"
        .formatted(Integer.toUnsignedString(guestPort), Integer.toUnsignedString(hostPort));
  }

  @Override
  public String toString() {
    return name();
  }
}
