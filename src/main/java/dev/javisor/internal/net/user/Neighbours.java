package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.IpAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who has which address, as far as it was heard. The last {@value #MOST} are known. Threading: the
 * network's.
 */
final class Neighbours {
  static final int MOST = 256;

  private final Map<IpAddress, Long> macs =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<IpAddress, Long> eldest) {
          return size() > MOST;
        }
      };

  private @Nullable IpAddress lastAddress;
  private long lastMac;
  private @Nullable IpAddress latestV4;
  private @Nullable IpAddress latestV6;

  /** Hears that an address is at a MAC address. */
  void heard(IpAddress address, long mac) {
    if (mac == lastMac && address.equals(lastAddress)) {
      return;
    }
    macs.put(address, mac);
    lastAddress = address;
    lastMac = mac;
    if (!address.ipv6()) {
      latestV4 = address;
    } else if (address.high() >>> 48 != 0xfe80) {
      latestV6 = address;
    }
  }

  /** The MAC address, or -1 if it is not known. */
  long mac(IpAddress address) {
    if (address.equals(lastAddress)) {
      return lastMac;
    }
    Long mac = macs.get(address);
    return mac == null ? -1 : mac;
  }

  /** The address that was heard of last. */
  Optional<IpAddress> latest(boolean ipv6) {
    return Optional.ofNullable(ipv6 ? latestV6 : latestV4);
  }
}
