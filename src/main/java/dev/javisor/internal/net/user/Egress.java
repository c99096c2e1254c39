package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.IpAddress;
import java.util.Collection;

/** Which hosts outside a guest may reach. Threading: the network's. */
interface Egress {
  /** Whether the guest may know of a name's addresses. */
  boolean allows(String name);

  /** Hears a name's addresses, as the guest is told them. */
  void told(String name, Collection<IpAddress> addresses);

  /** Whether the guest may send to an address; the gateway's stands for this host itself. */
  boolean allows(IpAddress address, int port);
}
