package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.IpAddress;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The guests' name server: RFC 1035. It knows the hosts of the guests' network, and asks this
 * host's resolver for others, if the policy allows those.
 *
 * <p>Threading: the network's.
 *
 * <p>Not modelled: what it asks others for is not kept.
 */
final class DnsServer {
  private static final String REVERSE4 = ".in-addr.arpa";
  private static final String REVERSE6 = ".ip6.arpa";
  private static final int NIBBLES = 32;

  private final Subnet subnet;
  private final Names names;
  private final Egress egress;
  private final Resolver resolver;
  private final LookupQueue lookups;
  private final Counters counters;

  DnsServer(Subnet subnet, Names names, Egress egress, Resolver resolver, Counters counters) {
    this.subnet = subnet;
    this.names = names;
    this.egress = egress;
    this.resolver = resolver;
    lookups = new LookupQueue(resolver);
    this.counters = counters;
  }

  /**
   * Takes a message.
   *
   * @param guest who asks, by its name; null for one that is alone
   * @param reply takes the answer, now or later, if there is one
   */
  void receive(ByteBuffer message, @Nullable String guest, Consumer<ByteBuffer> reply) {
    DnsMessage query = DnsMessage.read(message);
    if (query == null) {
      counters.malformed++;
    } else if (!query.isStandard()) {
      reply.accept(query.answer(DnsMessage.NOT_IMPLEMENTED));
    } else {
      names
          .addresses(query.name())
          .ifPresentOrElse(
              known -> reply.accept(query.answer(known)), () -> askOthers(query, guest, reply));
    }
  }

  private void askOthers(DnsMessage query, @Nullable String guest, Consumer<ByteBuffer> reply) {
    IpAddress reversed = query.type() == DnsMessage.PTR ? reversed(query.name()) : null;
    if (reversed != null && subnet.contains(reversed)) {
      reply.accept(
          names
              .name(reversed)
              .map(query::answer)
              .orElseGet(() -> query.answer(DnsMessage.NO_SUCH_NAME)));
    } else if (!egress.allows(query.name())) {
      counters.refused++;
      reply.accept(query.answer(DnsMessage.REFUSED));
    } else if (query.type() == DnsMessage.A || query.type() == DnsMessage.AAAA) {
      if (!query.isHostName()) {
        reply.accept(query.answer(DnsMessage.NO_SUCH_NAME));
      } else if (!lookups.lookup(guest, query.name(), found -> tell(query, found, reply))) {
        counters.overflowed++;
      }
    } else if (!resolver.forward(query.query(), reply)) {
      counters.overflowed++;
    }
  }

  private void tell(DnsMessage query, Resolver.Found found, Consumer<ByteBuffer> reply) {
    if (found.code() != DnsMessage.NO_ERROR) {
      reply.accept(query.answer(found.code()));
      return;
    }
    List<IpAddress> told = new ArrayList<>();
    for (InetAddress address : found.addresses()) {
      IpAddress as = IpAddress.of(address);
      if (!as.ipv6() || subnet.hasIpv6()) {
        // This host is behind the gateway; the guest's loopback would be the guest.
        told.add(address.isLoopbackAddress() ? subnet.gateway(as.ipv6()) : as);
      }
    }
    egress.told(query.name(), told);
    reply.accept(query.answer(told));
  }

  /** The address that a name for PTR records stands for; null if it is none. */
  private static @Nullable IpAddress reversed(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    try {
      if (lower.endsWith(REVERSE4)) {
        String[] parts = lower.substring(0, lower.length() - REVERSE4.length()).split("\\.");
        int bits = 0;
        for (int i = parts.length - 1; i >= 0; i--) {
          bits = bits << 8 | Integer.parseInt(parts[i]) & 0xff;
        }
        return parts.length == Integer.BYTES ? IpAddress.v4(bits) : null;
      }
      if (lower.endsWith(REVERSE6)) {
        String digits = lower.substring(0, lower.length() - REVERSE6.length()).replace(".", "");
        String text = new StringBuilder(digits).reverse().toString();
        return text.length() != NIBBLES
            ? null
            : IpAddress.v6(
                Long.parseUnsignedLong(text.substring(0, NIBBLES / 2), 16),
                Long.parseUnsignedLong(text.substring(NIBBLES / 2), 16));
      }
    } catch (NumberFormatException e) {
      return null;
    }
    return null;
  }
}
