package dev.javisor.config;

import java.util.function.Consumer;

/**
 * A network device of a machine, which a Linux guest sees as {@code eth0}, {@code eth1} and so on
 * in the order of their adding. Unless it is Java code, it ends at a TAP interface of the host.
 * Values are checked by {@code build()}; what is not set, or set to an empty text, Javisor chooses,
 * and the log and {@code VirtualMachine.nets()} tell its choice.
 *
 * <pre>{@code
 * builder.net(net -> net.tap("tap0").mac("52:54:00:12:34:56").queuePairs(2));
 * }</pre>
 *
 * <p>A TAP interface that is not there is made, which needs the capability CAP_NET_ADMIN, and
 * vanishes with the machine or the process. One that is there, such as one that root made for a
 * user ({@code ip tuntap add dev tap0 mode tap user NAME}), needs none; its addresses stay as they
 * are.
 */
public interface NetConfig {
  /**
   * Plays the network in this process, without privileges and without a TAP interface: the guest
   * gets its address by DHCP, and reaches the world as a program of this user would.
   */
  default NetConfig user() {
    return user(user -> {});
  }

  /**
   * Plays the network in this process.
   *
   * @param user told at once
   */
  NetConfig user(Consumer<? super UserNetConfig> user);

  /** The name of the TAP interface, at most 15 bytes. Default: {@code vmtap} and a number. */
  NetConfig tap(String name);

  /**
   * TAP queues that are open in this process, by their file descriptors, one for each pair of
   * queues: made with IFF_TAP, IFF_NO_PI and IFF_VNET_HDR, and with IFF_MULTI_QUEUE if there are
   * several. They are duplicated, and stay the caller's.
   */
  NetConfig descriptors(int... descriptors);

  /** The guest's MAC address. Default: a random one, locally administered. */
  NetConfig mac(String mac);

  /**
   * The address of the host's end of an interface that is made, IPv4 or IPv6; {@code none} for
   * none. Default: {@code 192.168.249.1}, or in the first network after it that the host is not on.
   */
  NetConfig ip(String address);

  /** The network's mask, such as {@code 255.255.255.0}, which is the default; for IPv6 /64. */
  NetConfig mask(String mask);

  /** The MAC address of the host's end. Default: the kernel's choice. */
  NetConfig hostMac(String mac);

  /**
   * The longest payload of a frame, 1280 to 65521 bytes; the guest is told, and the interface gets
   * it. Default: what the interface has, which is 1500 for a new one.
   */
  NetConfig mtu(int bytes);

  /**
   * The number of pairs of queues, one to send and one to receive, 1 to 64. Default 1. Linux uses
   * no more than it has vCPUs.
   */
  NetConfig queuePairs(int pairs);

  /** How many descriptors a queue has: a power of two from 2 to 4096. Default 256. */
  NetConfig queueSize(int queueSize);

  /** Whether checksums may be left to the other side, where nobody needs them. Default true. */
  NetConfig offloadChecksum(boolean offload);

  /** Whether TCP may pass in segments larger than frames; needs checksums. Default true. */
  NetConfig offloadTso(boolean offload);

  /** Whether UDP may pass in datagrams larger than frames; needs checksums. Default true. */
  NetConfig offloadUfo(boolean offload);

  /**
   * Keeps each direction to that limit, by a limiter of its own: bytes of frames, and frames as
   * operations. Default: none.
   */
  default NetConfig rateLimit(RateLimit limit) {
    return receiveRateLimiter(RateLimiter.of(limit)).sendRateLimiter(RateLimiter.of(limit));
  }

  /**
   * Keeps what the guest receives to the limit of a limiter, which may be shared and changed. What
   * comes faster waits in the other side's queue, and is lost when that is full.
   */
  NetConfig receiveRateLimiter(RateLimiter limiter);

  /** Keeps what the guest sends to the limit of a limiter, which may be shared and changed. */
  NetConfig sendRateLimiter(RateLimiter limiter);

  /**
   * The device's name in logs, events and counters: 1 to 64 printable ASCII characters, no other
   * device's. Default {@code net0} for the first, {@code net1} for the second.
   */
  NetConfig id(String id);
}
