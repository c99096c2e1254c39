package dev.javisor.internal.net;

import dev.javisor.backend.NetGuest;

/** A guest that may take over checksums and the cutting of segments. Threading: any thread. */
public interface OffloadGuest extends NetGuest {
  /** What the guest's driver takes over at this moment. */
  Offloads offloads();

  /**
   * Delivers a frame with its virtio header: as {@link #deliver(java.nio.ByteBuffer)}.
   *
   * @param frame is asked once or several times, within the call only
   */
  boolean deliver(FrameSource frame);
}
