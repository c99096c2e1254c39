package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.IpAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives guests their IPv4 addresses: RFC 2131, RFC 2132. Each guest that shares the network has
 * one, which goes by its number, whatever its MAC address is; where a guest is alone, each MAC
 * address has one. They are from the network's 15th on; where there are too many, the others get
 * none.
 *
 * <p>Threading: the network's.
 *
 * <p>Not modelled: client identifiers, relays, leases that end (an address stays its owner's).
 */
final class DhcpServer {
  private static final int FIXED = 240;
  private static final int MAGIC = 0x6382_5363;
  private static final int BOOT_REQUEST = 1;
  private static final int BOOT_REPLY = 2;
  private static final int ETHERNET_6 = 0x0106;
  private static final int BROADCAST_FLAG = 0x8000;
  private static final int CLIENT_ADDRESS = 12;
  private static final int CLIENT_MAC = 28;
  private static final int LEASE_SECONDS = 86_400;

  private static final int DISCOVER = 1;
  private static final int OFFER = 2;
  private static final int REQUEST = 3;
  private static final int ACK = 5;
  private static final int NAK = 6;
  private static final int INFORM = 8;

  private static final int PAD = 0;
  private static final int MASK = 1;
  private static final int ROUTER = 3;
  private static final int NAME_SERVER = 6;
  private static final int HOST_NAME = 12;
  private static final int DOMAIN = 15;
  private static final int MTU = 26;
  private static final int BROADCAST = 28;
  private static final int WANTED = 50;
  private static final int LEASE = 51;
  private static final int TYPE = 53;
  private static final int SERVER = 54;
  private static final int END = 255;

  private final Subnet subnet;
  private final PacketWriter writer;
  private final Names names;
  private final FrameOut out;
  private final Counters counters;
  private final @Nullable String hostName;
  private final Neighbours neighbours;

  /** By names of guests that have one, and else by MAC addresses in hexadecimal. */
  private final Map<String, IpAddress> leases = new HashMap<>();

  /**
   * @param hostName what the first guest is told that it is called; null for nothing
   * @param neighbours tell what the guests are called, if there are several
   */
  DhcpServer(
      Subnet subnet,
      PacketWriter writer,
      Names names,
      FrameOut out,
      Counters counters,
      @Nullable String hostName,
      Neighbours neighbours) {
    this.subnet = subnet;
    this.writer = writer;
    this.names = names;
    this.out = out;
    this.counters = counters;
    this.hostName = hostName;
    this.neighbours = neighbours;
  }

  /**
   * Takes a message.
   *
   * @param source the sender's address, or 0
   * @param sender its MAC address
   */
  void receive(ByteBuffer message, IpAddress source, long sender) {
    if (message.remaining() < FIXED
        || message.get(0) != BOOT_REQUEST
        || message.getShort(1) != ETHERNET_6
        || message.getInt(FIXED - Integer.BYTES) != MAGIC) {
      counters.malformed++;
      return;
    }
    long mac = message.getLong(CLIENT_MAC) >>> 16;
    String guest = neighbours.guest(mac);
    if (guest != null && (guest.isEmpty() || !guest.equals(neighbours.guest(sender)))) {
      counters.spoofed++;
      return;
    }
    IpAddress lease = lease(guest, mac);
    if (lease == null) {
      counters.overflowed++;
      return;
    }
    int server = option(message, SERVER);
    boolean ours = server < 0 || message.getInt(server) == subnet.gateway(false).v4Bits();
    switch (type(message)) {
      case DISCOVER -> answer(message, OFFER, lease, mac);
      case REQUEST -> {
        if (ours) {
          int type = asks(message, source).equals(lease) ? ACK : NAK;
          answer(message, type, lease, mac);
        }
      }
      case INFORM -> answer(message, ACK, IpAddress.v4(0), mac);
      default -> {
        // Releases and declines change nothing: the address stays this guest's.
      }
    }
  }

  private @Nullable IpAddress lease(@Nullable String guest, long mac) {
    String key = guest != null ? guest : Long.toHexString(mac);
    IpAddress known = leases.get(key);
    int number = guest != null ? neighbours.number(mac) : leases.size();
    if (known != null || number >= Subnet.MOST_GUESTS) {
      return known;
    }
    IpAddress free = subnet.host(false, Subnet.FIRST_GUEST + number);
    leases.put(key, free);
    if (guest != null) {
      neighbours.give(free, guest);
    }
    String name = guest != null || number > 0 ? guest : hostName;
    if (name != null) {
      names.set(name, List.of(free));
    }
    return free;
  }

  /** The address that a request is about. */
  private static IpAddress asks(ByteBuffer message, IpAddress source) {
    int wanted = option(message, WANTED);
    if (wanted >= 0) {
      return IpAddress.v4(message.getInt(wanted));
    }
    int current = message.getInt(CLIENT_ADDRESS);
    return current != 0 ? IpAddress.v4(current) : source;
  }

  private static int type(ByteBuffer message) {
    int limit = message.limit();
    for (int at = FIXED; at + 2 < limit && message.get(at) != (byte) END; ) {
      if (message.get(at) == PAD) {
        at++;
      } else if (message.get(at) == TYPE) {
        return message.get(at + 2);
      } else {
        at += 2 + (message.get(at + 1) & 0xff);
      }
    }
    return -1;
  }

  /** Where an option of four bytes has its value; -1 if there is none. */
  private static int option(ByteBuffer message, int wanted) {
    int limit = message.limit();
    for (int at = FIXED; at + 2 < limit && message.get(at) != (byte) END; ) {
      int length = message.get(at + 1) & 0xff;
      if (message.get(at) == PAD) {
        at++;
      } else if (message.get(at) == wanted && length == Integer.BYTES && at + 6 <= limit) {
        return at + 2;
      } else {
        at += 2 + length;
      }
    }
    return -1;
  }

  private void answer(ByteBuffer request, int type, IpAddress lease, long mac) {
    IpAddress gateway = subnet.gateway(false);
    IpAddress everybody = IpAddress.v4(-1);
    ByteBuffer answer =
        writer.beginUdp(gateway, Wire.DHCP_SERVER_PORT, everybody, Wire.DHCP_CLIENT_PORT);
    answer.put((byte) BOOT_REPLY).putShort((short) ETHERNET_6).put((byte) 0);
    answer.putInt(request.getInt(4)).putShort((short) 0).putShort(request.getShort(10));
    answer.putInt(type == NAK ? 0 : request.getInt(CLIENT_ADDRESS));
    answer.putInt(type == NAK ? 0 : lease.v4Bits()).putInt(gateway.v4Bits()).putInt(0);
    answer.put(request.slice(CLIENT_MAC, 16)).put(new byte[192]).putInt(MAGIC);
    answer.put((byte) TYPE).put((byte) 1).put((byte) type);
    put(answer, SERVER, gateway);
    if (type != NAK) {
      if (lease.low() != 0) {
        answer.put((byte) LEASE).put((byte) 4).putInt(LEASE_SECONDS);
      }
      settings(answer, mac);
    }
    answer.put((byte) END);
    writer.endUdp();
    boolean toAll = type == NAK || (request.getShort(10) & BROADCAST_FLAG) != 0;
    writer.end(toAll ? Wire.BROADCAST_MAC : mac);
  }

  private void settings(ByteBuffer answer, long mac) {
    put(answer, MASK, IpAddress.v4(subnet.mask()));
    put(answer, BROADCAST, subnet.broadcast());
    put(answer, ROUTER, subnet.gateway(false));
    put(answer, NAME_SERVER, subnet.dns(false));
    answer.put((byte) MTU).put((byte) 2).putShort((short) out.mtu());
    put(answer, DOMAIN, Names.DOMAIN);
    String guest = neighbours.guest(mac);
    boolean first =
        subnet.host(false, Subnet.FIRST_GUEST).equals(leases.get(Long.toHexString(mac)));
    String name = guest == null && first ? hostName : guest;
    if (name != null) {
      put(answer, HOST_NAME, name);
    }
  }

  private static void put(ByteBuffer answer, int option, IpAddress value) {
    answer.put((byte) option).put((byte) Integer.BYTES);
    value.put(answer);
  }

  private static void put(ByteBuffer answer, int option, String value) {
    byte[] text = value.getBytes(StandardCharsets.US_ASCII);
    answer.put((byte) option).put((byte) text.length).put(text);
  }
}
