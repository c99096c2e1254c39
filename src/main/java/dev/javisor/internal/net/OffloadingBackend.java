package dev.javisor.internal.net;

import dev.javisor.backend.NetBackend;

/**
 * A backend that may be spared checksums and the cutting of segments: frames that guests send may
 * then lack them, as {@link OffloadedFrame#needsChecksum} tells, and its guest is an {@link
 * OffloadGuest}. Behind a backend that wraps it there are none of both.
 */
public interface OffloadingBackend extends NetBackend {
  /** What it does without. Constant. */
  Offloads offloads();
}
