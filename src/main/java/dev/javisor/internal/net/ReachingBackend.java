package dev.javisor.internal.net;

import dev.javisor.backend.NetBackend;
import java.util.Optional;

/** A backend by which this process may reach its guest's ports. */
public interface ReachingBackend extends NetBackend {
  /** The ports of the guest; empty if this process is not on its network. Constant. */
  Optional<GuestPorts> guestPorts();
}
