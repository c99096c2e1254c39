package dev.javisor.internal.vsock;

/**
 * How much each side of a connection may send: virtio 1.3 §5.10.6.3. Counters are of 32 bits and
 * wrap. What the guest says of itself is believed: a lie stalls or floods the liar only.
 *
 * <p>Threading: one thread at a time.
 */
final class Credit {
  private static final long MASK = 0xffff_ffffL;

  private final int ours;
  private long received;
  private long forwarded;
  private long announced;
  private long theirs;
  private int theirForwarded;
  private int sent;

  /**
   * @param ours bytes that are kept for our reader
   */
  Credit(int ours) {
    this.ours = ours;
  }

  /** Notes what a packet's header says. */
  void heard(PacketHeader header) {
    theirs = header.buffer() & MASK;
    theirForwarded = header.forwarded();
  }

  /** How much may be sent now. */
  long available() {
    long underWay = (sent - theirForwarded) & MASK;
    return Math.max(0, theirs - underWay);
  }

  /** Bytes were sent. */
  void sent(int count) {
    sent += count;
  }

  /** Whether the guest may send that much now. */
  boolean admits(long count) {
    return received - forwarded + count <= ours;
  }

  /** Bytes came. */
  void received(int count) {
    received += count;
  }

  /** Our reader has taken bytes; returns whether the guest should be told now. */
  boolean forwarded(int count) {
    forwarded += count;
    return forwarded - announced >= ours / 4;
  }

  /** Tells the guest, in a header. */
  void announce(PacketHeader header) {
    announced = forwarded;
    header.credit(ours, (int) forwarded);
  }
}
