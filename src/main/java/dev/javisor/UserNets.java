package dev.javisor;

import static java.util.Objects.requireNonNull;

import dev.javisor.config.NetChannel;
import dev.javisor.internal.net.GuestPorts;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the first network by which this process reaches the guest can do for its user. */
final class UserNets {
  private static final int MOST_PORT = 65535;

  private UserNets() {}

  static int hostPort(List<NetDevice> nets, int guestPort) {
    check(guestPort);
    return first(nets).hostPort(guestPort);
  }

  static NetChannel connect(List<NetDevice> nets, int guestPort, Duration timeout)
      throws IOException {
    check(guestPort);
    long nanos = TimeUnit.NANOSECONDS.convert(requireNonNull(timeout, "timeout"));
    return first(nets).connect(guestPort, nanos);
  }

  private static GuestPorts first(List<NetDevice> nets) {
    return nets.stream()
        .filter(DefaultNetDevice.class::isInstance)
        .flatMap(net -> ((DefaultNetDevice) net).nic().guestPorts().stream())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no user-mode network; the builder's net(n -> n.user()) gives one, or a"
                        + " VirtualSwitch with user(...); and forward() leads to a port of the"
                        + " guest without"));
  }

  private static void check(int guestPort) {
    if (guestPort < 1 || guestPort > MOST_PORT) {
      throw new IllegalArgumentException("port %d: from 1 to 65535".formatted(guestPort));
    }
  }
}
