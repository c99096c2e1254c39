package dev.javisor.internal.net.tcp;

/** What the guest lets us send: SND.WND, SND.WL1 and SND.WL2 of RFC 9293 §3.3.1. */
final class GuestWindow {
  private long size;
  private long largest;
  private long seq = -1;
  private long ack;
  private int scale;

  /** Bytes from the first one that is not acknowledged on. */
  long size() {
    return size;
  }

  /** The largest that there was. */
  long largest() {
    return largest;
  }

  /** By how many bits a segment's field counts, once the handshake is over. */
  int scale() {
    return scale;
  }

  void scale(int bits) {
    scale = bits;
  }

  /** Takes the window of a segment, unless an older one (RFC 9293 §3.10.7.4). */
  void update(long segmentSeq, long segmentAck, long segmentSize) {
    if (seq < segmentSeq || seq == segmentSeq && ack <= segmentAck) {
      size = segmentSize;
      seq = segmentSeq;
      ack = segmentAck;
      largest = Math.max(largest, segmentSize);
    }
  }
}
