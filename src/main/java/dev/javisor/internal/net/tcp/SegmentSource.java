package dev.javisor.internal.net.tcp;

import java.nio.ByteBuffer;

/**
 * A TCP segment that came from the guest, header and payload, whose checksum is right or was left
 * out on purpose. Used in the call only. It may lie in the guest's RAM: the stack reads each byte
 * of the header once.
 */
public interface SegmentSource {
  /** The bytes of header and payload, at most 65535. */
  int length();

  /**
   * Copies a part of it.
   *
   * @param offset where to start, from the header's first byte
   * @param target filled: as many bytes as remain in it, which the segment has
   */
  void copyTo(int offset, ByteBuffer target);
}
