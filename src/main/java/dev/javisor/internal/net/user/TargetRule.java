package dev.javisor.internal.net.user;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import dev.javisor.internal.net.ip.IpAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A host, a network or names, and a port, as {@link dev.javisor.config.NetPolicy#only} takes them.
 *
 * @param name in lower case, with a dot in front for all that end so; null for addresses
 * @param network an address; null for names
 * @param prefix how many bits of the address count
 * @param port or 0 for all
 */
public record TargetRule(@Nullable String name, @Nullable IpAddress network, int prefix, int port) {
  private static final String LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";
  private static final String NAME = "(\\*\\.)?" + LABEL + "(\\." + LABEL + ")*\\.?";

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException saying what is expected
   */
  public static TargetRule parse(String text) {
    IllegalArgumentException wrong =
        new IllegalArgumentException(
            "expected a host, and a port if it is not about all, such as www.example.org:443,"
                + " *.example.org, 192.0.2.0/24 or [2001:db8::1]:80");
    HostAndPort parts;
    boolean loopback = false;
    int slash = text.indexOf('/');
    try {
      String host = slash < 0 ? text : text.substring(0, slash);
      String rest = slash < 0 ? "" : text.substring(slash + 1);
      int colon = rest.indexOf(':');
      String port = colon < 0 ? "" : rest.substring(colon);
      parts = HostAndPort.fromString(slash < 0 ? text : bracketed(host) + port);
      if (parts.hasPort() && parts.getPort() == 0) {
        throw wrong;
      }
      if (InetAddresses.isInetAddress(parts.getHost())) {
        IpAddress address = IpAddress.of(InetAddresses.forString(parts.getHost()));
        int all = address.length() * Byte.SIZE;
        int prefix =
            slash < 0 ? all : Integer.parseInt(colon < 0 ? rest : rest.substring(0, colon));
        if (prefix < 0 || prefix > all) {
          throw wrong;
        }
        loopback = slash < 0 && address.toInet().isLoopbackAddress();
        if (!loopback) {
          return new TargetRule(null, address, prefix, parts.getPortOrDefault(0));
        }
      }
    } catch (IllegalArgumentException e) {
      throw wrong;
    }
    if (loopback) {
      throw new IllegalArgumentException(
          "that is the guest's own; what listens on this host's loopback is host%s"
              .formatted(parts.hasPort() ? ":" + parts.getPort() : ""));
    }
    String name = parts.getHost().toLowerCase(Locale.ROOT);
    if (slash >= 0 || !name.matches(NAME) || name.matches("[0-9.]+")) {
      throw wrong;
    }
    String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    return new TargetRule(
        plain.startsWith("*") ? plain.substring(1) : plain, null, 0, parts.getPortOrDefault(0));
  }

  private static String bracketed(String host) {
    return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  /** Whether it is about a name. */
  boolean isFor(String asked) {
    String own = name;
    if (own == null) {
      return false;
    }
    String lower = asked.toLowerCase(Locale.ROOT);
    return own.startsWith(".") ? lower.endsWith(own) : lower.equals(own);
  }

  /** Whether it is about an address. */
  boolean isFor(IpAddress address) {
    IpAddress own = network;
    return own != null && address.isIn(own, prefix);
  }

  /** Whether it is about this address and no other. */
  boolean isOnly(IpAddress address) {
    return address.equals(network) && prefix == address.length() * Byte.SIZE;
  }

  /** Whether it is about all names that end in a certain way. */
  boolean isWildcard() {
    return name != null && name.startsWith(".");
  }

  /** Whether it is about a port. */
  boolean isForPort(int asked) {
    return port == 0 || port == asked;
  }
}
