package dev.javisor.internal.net.tcp;

/** Takes segments to the guest, in any call of the stack, and does not call back. */
public interface SegmentSink {
  /**
   * The most payload that a segment may have, in bytes, where the guest or somebody before it cuts
   * large ones (TSO); 0 where nobody does.
   */
  int largestPayload(boolean ipv6);

  /**
   * Takes a segment.
   *
   * @param segment valid in the call only
   * @return false if there is no room now: nothing was taken. A later {@link TcpStack#flush} offers
   *     it again, unless it was a reset: those answer what the guest sends, and it will send again
   */
  boolean segment(OutgoingSegment segment);
}
