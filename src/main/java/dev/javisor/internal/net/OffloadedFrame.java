package dev.javisor.internal.net;

import dev.javisor.backend.NetFrame;

/**
 * A frame of a guest that was told that it may leave checksums out. Threading: as its super type.
 */
public interface OffloadedFrame extends NetFrame {
  /**
   * Whether its header says, at this moment, that the checksum of its TCP or UDP is left to whoever
   * needs one (VIRTIO_NET_HDR_F_NEEDS_CSUM).
   */
  boolean needsChecksum();
}
