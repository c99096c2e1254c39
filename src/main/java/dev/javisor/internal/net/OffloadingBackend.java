package dev.javisor.internal.net;

import dev.javisor.backend.NetBackend;
import java.util.Map;

/**
 * A backend that may be spared checksums and the cutting of segments: frames that guests send may
 * then lack them, as {@link OffloadedFrame#needsChecksum} tells, and its guest is an {@link
 * OffloadGuest}. Behind a backend that wraps it there are none of both.
 */
public interface OffloadingBackend extends NetBackend {
  /** What it does without. Constant. */
  Offloads offloads();

  /** What it counts beside the device, by names. Any thread. */
  default Map<String, Long> counters() {
    return Map.of();
  }
}
