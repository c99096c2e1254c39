package dev.javisor.internal.vsock;

import dev.javisor.error.VsockException;
import dev.javisor.error.VsockException.Reason;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What both sides of a connection have agreed on, and the bytes that wait: virtio 1.3 §5.10.6. It
 * knows packets, and nothing of threads and time.
 *
 * <p>Threading: one thread at a time.
 */
final class VsockStream {
  private enum Phase {
    /** The host asks the guest. */
    ASKING,
    /** The guest asks the host. */
    ASKED,
    OPEN,
    ENDED
  }

  private final long guestCid;
  private final int hostPort;
  private final int guestPort;
  private final ByteRing in;
  private final ByteRing out;
  private final Credit credit;
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
  private @Nullable Reason failure;
  private String why = "";

  private VsockStream(
      long guestCid, int hostPort, int guestPort, int window, BytePool pool, Phase phase) {
    this.guestCid = guestCid;
    this.hostPort = hostPort;
    this.guestPort = guestPort;
    this.phase = phase;
    in = new ByteRing(window, pool);
    out = new ByteRing(window, pool);
    credit = new Credit(window);
  }

  /**
   * One that the host asks for.
   *
   * @param window the most bytes that wait in each direction, a power of two from 4096 on
   */
  static VsockStream toGuest(
      long guestCid, int hostPort, int guestPort, int window, BytePool pool) {
    VsockStream made = new VsockStream(guestCid, hostPort, guestPort, window, pool, Phase.ASKING);
    made.answer = PacketHeader.REQUEST;
    return made;
  }

  /** One that the guest asks for. */
  static VsockStream fromGuest(long guestCid, PacketHeader request, int window, BytePool pool) {
    VsockStream made =
        new VsockStream(
            guestCid, request.targetPort(), request.sourcePort(), window, pool, Phase.ASKED);
    made.credit.heard(request);
    return made;
  }

  int hostPort() {
    return hostPort;
  }

  int guestPort() {
    return guestPort;
  }

  /** Accepts what the guest asks for. */
  void accept() {
    if (phase == Phase.ASKED) {
      phase = Phase.OPEN;
      answer = PacketHeader.RESPONSE;
    }
  }

  /** Whether both sides agreed on it, and neither ended it. */
  boolean isOpen() {
    return phase == Phase.OPEN;
  }

  boolean isEnded() {
    return phase == Phase.ENDED;
  }

  boolean isClosed() {
    return closed;
  }

  /** Why nobody has answered for so long. */
  String unanswered(long nanos) {
    String time = "%d ms".formatted(TimeUnit.NANOSECONDS.toMillis(nanos));
    String port = Integer.toUnsignedString(guestPort);
    return asked
        ? "vsock port %s of the guest: no answer within %s".formatted(port, time)
        : ("vsock port %s of the guest: no driver took the request within %s; Linux has it in"
                + " vmw_vsock_virtio_transport")
            .formatted(port, time);
  }

  /** Whether nothing waits for our reader, nor for the guest. */
  boolean isEmpty() {
    return in.isEmpty() && out.isEmpty();
  }

  /** Whether the guest has accepted. */
  boolean tryOpen() throws ClosedChannelException, VsockException {
    checkClosed();
    refuseEnded();
    return isOpen();
  }

  /** Reads what there is: 0 if nothing yet, -1 if nothing more comes. */
  int read(ByteBuffer target) throws ClosedChannelException, VsockException {
    checkClosed();
    if (inputShut) {
      return -1;
    }
    int count = in.take(target);
    if (count == 0 && target.hasRemaining()) {
      if (guestSilent) {
        return -1;
      }
      refuseEnded();
    }
    creditOwed |= count > 0 && isOpen() && credit.forwarded(count);
    return count;
  }

  /** Writes as much as there is room for; returns how much that was. */
  int write(ByteBuffer source) throws ClosedChannelException, VsockException {
    checkClosed();
    if (outputShut) {
      throw new ClosedChannelException();
    }
    refuseEnded();
    if (guestDeaf) {
      throw new VsockException(Reason.RESET, this + ": the guest reads no more");
    }
    return out.put(source);
  }

  private void checkClosed() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  private void refuseEnded() throws VsockException {
    if (isEnded()) {
      throw new VsockException(failure == null ? Reason.RESET : failure, this + ": " + why);
    }
  }

  /** Ends directions of it; what waits to be read is dropped. */
  void shut(boolean input, boolean output) throws ClosedChannelException {
    checkClosed();
    outputShut |= output;
    if (input) {
      dropInput();
    }
  }

  private void dropInput() {
    inputShut = true;
    creditOwed |= credit.forwarded(in.size());
    in.clear();
  }

  /**
   * Ends it for the host. What was written still reaches the guest, if it takes it.
   *
   * @return whether the guest never heard of it, and need not
   */
  boolean close() {
    closed = true;
    dropInput();
    outputShut = true;
    boolean unheard = phase == Phase.ASKING && !asked;
    if (phase == Phase.ASKING || phase == Phase.ASKED) {
      answer = unheard ? 0 : PacketHeader.RST;
      phase = Phase.ENDED;
      out.clear();
    }
    return unheard;
  }

  /** Whether the guest has taken something since this was asked last, and has something to take. */
  boolean movesOn() {
    boolean moves = moved && !out.isEmpty();
    moved = false;
    return moves;
  }

  /**
   * Ends it without a word to the guest, which knows of it no more.
   *
   * @param sparing whether one that the guest has not heard of may go on
   * @return whether it ended
   */
  boolean end(Reason reason, String cause, boolean sparing) {
    if (sparing && phase == Phase.ASKING && !asked) {
      return false;
    }
    answer = 0;
    finish(reason, cause);
    return true;
  }

  private void finish(@Nullable Reason reason, String cause) {
    if (phase != Phase.ENDED) {
      phase = Phase.ENDED;
      failure = reason;
      why = cause;
      out.clear();
    }
  }

  /** Ends it, and tells the guest. */
  void reset(Reason reason, String cause) {
    finish(reason, cause);
    answer = PacketHeader.RST;
  }

  /**
   * Takes a packet of the guest's; its data is as long as the header says.
   *
   * @return whether it is over for both sides
   */
  boolean receive(PacketHeader header, PacketData.Source data) {
    if (header.operation() == PacketHeader.RST) {
      resetByGuest();
      return true;
    }
    if (!isEnded()) {
      credit.heard(header);
      creditAsked &= credit.available() == 0;
      handle(header, data);
    }
    return false;
  }

  private void resetByGuest() {
    answer = 0;
    boolean agreed = closed || inputShut && outputShut;
    boolean refused = phase == Phase.ASKING;
    finish(
        agreed ? null : refused ? Reason.REFUSED : Reason.RESET,
        refused ? "nobody in the guest listens there" : "the guest has reset the connection");
    guestSilent |= agreed;
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
        if (guestSilent && guestDeaf || !isOpen()) {
          reset(Reason.RESET, "the guest has closed the connection");
        } else if (guestDeaf) {
          out.clear();
        }
      }
      default -> reset(Reason.BROKEN, "operation %d".formatted(header.operation()));
    }
  }

  private void take(int length, PacketData.Source data) {
    if (!isOpen() || guestSilent) {
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
    return answer != 0
        || isOpen()
            && (shut() != shutTold
                || creditOwed
                || !out.isEmpty() && (credit.available() > 0 || !creditAsked));
  }

  private int shut() {
    return (inputShut ? PacketHeader.NO_RECEIVE : 0)
        | (outputShut && out.isEmpty() ? PacketHeader.NO_SEND : 0);
  }

  /**
   * Writes a packet for the guest, where {@link #hasNext}. One that resets ends it for both sides.
   *
   * @param room bytes of data that it may have, at least 1
   * @return the bytes of its data
   */
  int next(PacketHeader header, PacketData.Target target, int room) {
    if (answer != 0) {
      asked |= answer == PacketHeader.REQUEST;
      set(header, answer);
      answer = 0;
    } else if (shut() != shutTold) {
      shutTold = shut();
      set(header, PacketHeader.SHUTDOWN);
      header.flags(shutTold);
    } else if (!out.isEmpty() && credit.available() > 0) {
      int length = (int) Math.min(credit.available(), Math.min(room, out.size()));
      set(header, PacketHeader.RW);
      header.length(length);
      out.take(target, length);
      credit.sent(length);
      moved = true;
      return length;
    } else if (creditOwed) {
      set(header, PacketHeader.CREDIT_UPDATE);
    } else {
      creditAsked = true;
      set(header, PacketHeader.CREDIT_REQUEST);
    }
    return 0;
  }

  private void set(PacketHeader header, int operation) {
    header.set(guestCid, hostPort, guestPort, operation);
    credit.announce(header);
    creditOwed = false;
  }

  /** Whether the guest is to be told how much it may send. */
  boolean owesCredit() {
    return creditOwed;
  }

  @Override
  public String toString() {
    return "vsock port %s of the guest, %s of the host"
        .formatted(Integer.toUnsignedString(guestPort), Integer.toUnsignedString(hostPort));
  }
}
