package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.IpAddress;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds a network that this host is not on, so that the guest can reach those that it is on. */
final class FreeSubnet {
  private static final int FIRST = 10 << 24 | 2 << 8;
  private static final int PREFIX = 24;
  private static final int CHOICES = 254;

  private FreeSubnet() {}

  /** What was asked for, or a network that is free. */
  static Subnet resolve(UserSpec.@Nullable Subnet4 asked) {
    if (asked != null) {
      return subnet(asked.network(), asked.prefix());
    }
    List<InetAddress> own = ownAddresses();
    for (int i = 0; i < CHOICES; i++) {
      Subnet choice = subnet(FIRST + (i << 8), PREFIX);
      if (own.stream().map(IpAddress::of).noneMatch(choice::contains)) {
        return choice;
      }
    }
    return subnet(FIRST, PREFIX);
  }

  /** Guests on several networks get a different /64 on each. */
  private static Subnet subnet(int network, int prefix) {
    return new Subnet(network, prefix, Subnet.USUAL_HIGH6 | network >>> Byte.SIZE & 0xffff);
  }

  private static List<InetAddress> ownAddresses() {
    try {
      return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).toList();
    } catch (SocketException e) {
      // A host that does not tell: then the first choice it is.
      return List.of();
    }
  }
}
