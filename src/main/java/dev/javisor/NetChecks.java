package dev.javisor;

import com.google.common.net.InetAddresses;
import dev.javisor.backend.NetBackend;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.net.MacAddress;
import dev.javisor.internal.net.tap.HostAddress;
import dev.javisor.internal.virtio.net.NicConfig;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks what a network device is to be. Each adds what is wrong to the problems. */
final class NetChecks {
  private static final int LONGEST_ID = 64;
  private static final int LONGEST_NAME = 15;
  private static final int LEAST_MTU = 1280;
  private static final int MOST_MTU = 65521;
  private static final int USUAL_PREFIX = 24;
  private static final int USUAL_PREFIX_6 = 64;

  /** Networks with longer prefixes have one or two addresses. */
  private static final int MOST_WITH_BROADCAST = 31;

  private static final int STANDARD_STREAMS = 3;
  private static final MacAddress ANY_MAC = new MacAddress(0x2e_0000_000000L);

  private final String field;
  private final List<Problem> problems;

  NetChecks(String field, List<Problem> problems) {
    this.field = field;
    this.problems = problems;
  }

  private void problem(String key, Object value, String hint) {
    String line = String.valueOf(value).replaceAll("\\p{Cc}", "?");
    String shown = line.length() > 80 ? line.substring(0, 77) + "..." : line;
    problems.add(new Problem(field + "." + key, shown, hint));
  }

  void backendOnly(
      NetBackend backend, String tap, String ip, String mask, String hostMac, int descriptors) {
    if (!(tap + ip + mask + hostMac).isEmpty() || descriptors > 0) {
      problems.add(
          new Problem(
              field,
              backend.getClass().getName(),
              "a network in Java code has no tap, descriptors, ip, mask and hostMac"));
    }
  }

  void userOnly(
      @Nullable NetBackend backend,
      String tap,
      String ip,
      String mask,
      String hostMac,
      int descriptors) {
    if (backend != null || !(tap + ip + mask + hostMac).isEmpty() || descriptors > 0) {
      problems.add(
          new Problem(
              field + ".user",
              "set",
              "a user-mode network has no backend, tap, descriptors, ip, mask and hostMac; its"
                  + " addresses are chosen by network"));
    }
  }

  void id(String id) {
    if (id.length() > LONGEST_ID || !id.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      problem("id", id, "expected 1 to 64 printable ASCII characters");
    }
  }

  void queues(int pairs, int size) {
    if (pairs < 1 || pairs > NicConfig.MOST_PAIRS) {
      problem("queuePairs", pairs, "expected 1 to " + NicConfig.MOST_PAIRS);
    }
    if (Integer.bitCount(size) != 1
        || size < NicConfig.LEAST_QUEUE_SIZE
        || size > NicConfig.MOST_QUEUE_SIZE) {
      problem(
          "queueSize",
          size,
          "expected a power of two, %d to %d"
              .formatted(NicConfig.LEAST_QUEUE_SIZE, NicConfig.MOST_QUEUE_SIZE));
    }
  }

  void descriptors(int[] descriptors, int pairs, String tap) {
    for (int descriptor : descriptors) {
      if (descriptor < STANDARD_STREAMS) {
        problem("fd", descriptor, "expected a descriptor above those of the standard streams");
      }
    }
    if (descriptors.length > 0 && descriptors.length != pairs) {
      problem(
          "fd",
          descriptors.length,
          "expected one descriptor for each of the %d pairs of queues".formatted(pairs));
    }
    if (descriptors.length > 0 && !tap.isEmpty()) {
      problem("tap", tap, "a descriptor names its interface itself: leave one of the two out");
    }
  }

  void offloads(boolean checksum, boolean segments) {
    if (!checksum && segments) {
      problem(
          "offloadChecksum",
          "false",
          "segments need checksums: set offloadTso and offloadUfo to" + " false, too");
    }
  }

  /** As the kernel has it: dev_valid_name. */
  void interfaceName(String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > LONGEST_NAME) {
      problem("tap", name, "it has %d bytes; an interface's name has 15 at most".formatted(bytes));
    } else if (name.equals(".")
        || name.equals("..")
        || name.chars().anyMatch(c -> c <= ' ' || c == '/' || c == ':' || c == 0x7f)) {
      problem("tap", name, "expected a name without blanks, slashes and colons");
    } else if (name.replaceFirst("%d", "").contains("%")) {
      problem(
          "tap",
          name,
          "a percent sign stands for a number only: one %d, which the kernel fills in");
    }
  }

  MacAddress mac(String key, String text) {
    try {
      MacAddress mac = MacAddress.parse(text);
      if (mac.isMulticast()) {
        problem(key, text, "it is a group's address: the first byte must be even");
      } else if (mac.bits() == 0) {
        problem(key, text, "it is nobody's address; leave it out for a random one");
      } else {
        return mac;
      }
    } catch (IllegalArgumentException e) {
      problem(key, text, String.valueOf(e.getMessage()));
    }
    return ANY_MAC;
  }

  int mtu(int mtu) {
    if (mtu < LEAST_MTU || mtu > MOST_MTU) {
      problem("mtu", mtu, "expected %d to %d".formatted(LEAST_MTU, MOST_MTU));
      return 0;
    }
    return mtu;
  }

  /** Returns null if there is none, or none that could be used. */
  @Nullable HostAddress address(String ip, String mask) {
    if (ip.isEmpty() || ip.equals("none")) {
      if (!mask.isEmpty()) {
        prefix(mask, false);
        problem("mask", mask, "it belongs to an address: set ip, too, or leave both out");
      }
      return null;
    }
    if (!InetAddresses.isInetAddress(ip)) {
      problem("ip", ip, "expected an address such as 192.168.249.1 or fd00::1");
      return null;
    }
    InetAddress address = InetAddresses.forString(ip);
    if (address.isAnyLocalAddress()
        || address.isMulticastAddress()
        || address.isLoopbackAddress()) {
      problem("ip", ip, "expected the address of one host, which others may know it by");
      return null;
    }
    boolean six = address.getAddress().length > Integer.BYTES;
    int prefix = mask.isEmpty() ? (six ? USUAL_PREFIX_6 : USUAL_PREFIX) : prefix(mask, six);
    if (prefix == 0) {
      problem("mask", mask, "all addresses would be on this network, and the host lose the others");
      return null;
    }
    if (!six && prefix > 0 && isNobodys(address, prefix)) {
      problem("ip", ip, "the first and the last address of a network are no host's");
      return null;
    }
    return prefix < 0 ? null : new HostAddress(address, prefix);
  }

  /** The network itself, or all of its hosts; networks of two addresses have neither: RFC 3021. */
  private static boolean isNobodys(InetAddress address, int prefix) {
    int hosts = ~0 >>> prefix;
    int host = InetAddresses.coerceToInteger(address) & hosts;
    return prefix < MOST_WITH_BROADCAST && (host == 0 || host == hosts);
  }

  /** Returns -1 if it is no mask. */
  private int prefix(String mask, boolean six) {
    String hint =
        six
            ? "expected ones and then zeros, such as ffff:ffff:ffff:ffff::"
            : "expected ones and then zeros, such as 255.255.255.0";
    if (InetAddresses.isInetAddress(mask)) {
      byte[] bytes = InetAddresses.forString(mask).getAddress();
      int bits = 8 * bytes.length;
      BigInteger zeros = new BigInteger(1, bytes).not().mod(BigInteger.ONE.shiftLeft(bits));
      if (bytes.length > Integer.BYTES == six
          && zeros.and(zeros.add(BigInteger.ONE)).signum() == 0) {
        return bits - zeros.bitLength();
      }
    }
    problem("mask", mask, hint);
    return -1;
  }
}
