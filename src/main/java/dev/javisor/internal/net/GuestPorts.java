package dev.javisor.internal.net;

import dev.javisor.config.NetChannel;
import java.io.IOException;

/** TCP ports of a guest, as this process reaches them by its network. Threading: any thread. */
public interface GuestPorts {
  /**
   * The port of this host's loopback that leads to a port of the guest; opened if there is none.
   *
   * @throws IllegalStateException if there is no guest, or no port
   */
  int hostPort(int guestPort);

  /**
   * Connects to a port of the guest, and waits until it has an address, if that is not known yet.
   *
   * @throws dev.javisor.error.NetworkException if that cannot be within the time
   */
  NetChannel connect(int port, long nanosToWait) throws IOException;
}
