package dev.javisor;

import static java.util.Objects.requireNonNull;

import dev.javisor.config.NetChannel;
import dev.javisor.error.NetworkException;
import dev.javisor.internal.machine.MachineNic;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a machine's first user-mode network can do for its user. */
final class UserNets {
  private static final int MOST_PORT = 65535;

  private UserNets() {}

  static int hostPort(List<NetDevice> nets, int guestPort) {
    check(guestPort);
    return first(nets).user().hostPort(guestPort);
  }

  static NetChannel connect(List<NetDevice> nets, int guestPort, Duration timeout)
      throws IOException {
    check(guestPort);
    long nanos = TimeUnit.NANOSECONDS.convert(requireNonNull(timeout, "timeout"));
    MachineNic nic = first(nets);
    if (!nic.isBooted()) {
      throw new NetworkException(
          NetworkException.Reason.NOT_RUNNING, "the machine was not booted: nobody is there");
    }
    return nic.user().connect(guestPort, nanos);
  }

  private static MachineNic first(List<NetDevice> nets) {
    return nets.stream()
        .filter(DefaultNetDevice.class::isInstance)
        .map(net -> ((DefaultNetDevice) net).nic())
        .filter(MachineNic::isUser)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no user-mode network; the builder's net(n -> n.user()) gives one, and forward()"
                        + " leads to a port of the guest without"));
  }

  private static void check(int guestPort) {
    if (guestPort < 1 || guestPort > MOST_PORT) {
      throw new IllegalArgumentException("port %d: from 1 to 65535".formatted(guestPort));
    }
  }
}
