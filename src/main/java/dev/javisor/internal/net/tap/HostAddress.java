package dev.javisor.internal.net.tap;

import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The host's address on a network that it shares with a guest.
 *
 * @param address IPv4 or IPv6
 * @param prefix how many of its bits name the network
 */
public record HostAddress(InetAddress address, int prefix) {
  private static final int FIRST_CHOICE = 249;
  private static final int CHOICES = 254;
  private static final int CHOSEN_PREFIX = 24;

  /** A network of private addresses that this host has no interface on: 192.168.249.1/24, or so. */
  public static HostAddress choose() {
    List<InetAddress> taken = ownAddresses();
    for (int i = 0; i < CHOICES; i++) {
      int third = (FIRST_CHOICE + i) % CHOICES;
      byte[] bytes = {(byte) 192, (byte) 168, (byte) third, 1};
      HostAddress choice = new HostAddress(address(bytes), CHOSEN_PREFIX);
      if (taken.stream().noneMatch(choice::sharesNetworkWith)) {
        return choice;
      }
    }
    throw new IllegalStateException("this host is on all networks of 192.168.0.0/16");
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (java.net.UnknownHostException e) {
      throw new IllegalArgumentException("%d bytes".formatted(bytes.length), e);
    }
  }

  private static List<InetAddress> ownAddresses() {
    List<InetAddress> addresses = new ArrayList<>();
    try {
      for (NetworkInterface one : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        one.getInterfaceAddresses().stream()
            .map(InterfaceAddress::getAddress)
            .forEach(addresses::add);
      }
    } catch (SocketException e) {
      // A host that does not tell: then the first choice it is.
      addresses.clear();
    }
    return addresses;
  }

  /** Whether an address belongs to this network. */
  boolean sharesNetworkWith(InetAddress other) {
    byte[] mine = address.getAddress();
    byte[] theirs = other.getAddress();
    if (mine.length != theirs.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit++) {
      int mask = 0x80 >>> (bit & 7);
      if (((mine[bit >>> 3] ^ theirs[bit >>> 3]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return address.getHostAddress() + "/" + prefix;
  }
}
