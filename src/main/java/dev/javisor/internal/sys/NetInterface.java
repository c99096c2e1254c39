package dev.javisor.internal.sys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A network interface of this host, by name: its flags, MTU and addresses.
 *
 * <p>Source: netdevice(7), linux/ipv6.h. Threading: any thread.
 *
 * <p>Errors: {@link NativeException}; EPERM without CAP_NET_ADMIN from whatever changes something,
 * ENODEV if there is no such interface.
 */
public final class NetInterface implements AutoCloseable {
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int SOCK_DGRAM_CLOEXEC = 0x80002;
  private static final int ARPHRD_ETHER = 1;
  private static final int IFF_UP = 1;

  private static final long SIOCGIFFLAGS = 0x8913;
  private static final long SIOCSIFFLAGS = 0x8914;
  private static final long SIOCSIFADDR = 0x8916;
  private static final long SIOCSIFNETMASK = 0x891C;
  private static final long SIOCGIFMTU = 0x8921;
  private static final long SIOCSIFMTU = 0x8922;
  private static final long SIOCSIFHWADDR = 0x8924;
  private static final long SIOCGIFHWADDR = 0x8927;
  private static final long SIOCGIFINDEX = 0x8933;

  private static final int IFREQ_SIZE = 40;
  private static final int VALUE = 16;
  private static final int SOCKADDR_ADDRESS = VALUE + 4;
  private static final int HWADDR = VALUE + 2;
  private static final int MAC_LENGTH = 6;
  private static final int IN6_IFREQ_SIZE = 24;

  private final String name;
  private final Fd socket;

  /**
   * @param name of at most 15 bytes; whether there is such an interface, {@link #exists} tells
   */
  public NetInterface(String name) {
    this.name = name;
    socket = socket(AF_INET, name);
  }

  private static Fd socket(int family, String name) {
    long result = Sys.call(Syscall.SOCKET, family, SOCK_DGRAM_CLOEXEC, 0);
    return new Fd((int) Sys.check(result, "socket", name), name);
  }

  /** Whether there is an interface of that name. */
  public boolean exists() {
    NativeBuffer request = request();
    return request.during(at -> socket.tryIoctl(SIOCGIFINDEX, at)) == 0;
  }

  /** Whether it is switched on. */
  public boolean up() {
    return (flags() & IFF_UP) != 0;
  }

  /** Switches it on, if it is off. */
  public void bringUp() {
    int flags = flags();
    if ((flags & IFF_UP) == 0) {
      NativeBuffer request = request();
      request.bytes().putShort(VALUE, (short) (flags | IFF_UP));
      socket.ioctl("SIOCSIFFLAGS", SIOCSIFFLAGS, request);
    }
  }

  private int flags() {
    NativeBuffer request = request();
    socket.ioctl("SIOCGIFFLAGS", SIOCGIFFLAGS, request);
    return request.bytes().getShort(VALUE);
  }

  /** The longest payload of a frame in bytes. */
  public int mtu() {
    NativeBuffer request = request();
    socket.ioctl("SIOCGIFMTU", SIOCGIFMTU, request);
    return request.bytes().getInt(VALUE);
  }

  /** Sets the longest payload of a frame. */
  public void mtu(int bytes) {
    NativeBuffer request = request();
    request.bytes().putInt(VALUE, bytes);
    socket.ioctl("SIOCSIFMTU", SIOCSIFMTU, request);
  }

  /** The hardware address: 6 bytes. */
  public byte[] mac() {
    NativeBuffer request = request();
    socket.ioctl("SIOCGIFHWADDR", SIOCGIFHWADDR, request);
    byte[] mac = new byte[MAC_LENGTH];
    request.bytes().get(HWADDR, mac);
    return mac;
  }

  /** Sets the hardware address: 6 bytes. */
  public void mac(byte[] address) {
    NativeBuffer request = request();
    request.bytes().putShort(VALUE, (short) ARPHRD_ETHER);
    request.bytes().put(HWADDR, address, 0, MAC_LENGTH);
    socket.ioctl("SIOCSIFHWADDR", SIOCSIFHWADDR, request);
  }

  /**
   * Gives it an address; the kernel adds the route to its network.
   *
   * @param address 4 or 16 bytes
   * @param prefix how many bits of it name the network
   */
  public void address(byte[] address, int prefix) {
    if (address.length == Integer.BYTES) {
      ipv4("SIOCSIFADDR", SIOCSIFADDR, address);
      int mask = prefix == 0 ? 0 : -1 << (Integer.SIZE - prefix);
      ipv4("SIOCSIFNETMASK", SIOCSIFNETMASK, ByteBuffer.allocate(4).putInt(mask).array());
    } else {
      ipv6(address, prefix);
    }
  }

  private void ipv4(String call, long number, byte[] value) {
    NativeBuffer request = request();
    request.bytes().putShort(VALUE, (short) AF_INET);
    request.bytes().put(SOCKADDR_ADDRESS, value);
    socket.ioctl(call, number, request);
  }

  private void ipv6(byte[] address, int prefix) {
    NativeBuffer index = request();
    socket.ioctl("SIOCGIFINDEX", SIOCGIFINDEX, index);
    NativeBuffer request = NativeBuffer.ofSize(IN6_IFREQ_SIZE);
    request.bytes().order(ByteOrder.LITTLE_ENDIAN).put(0, address);
    request.bytes().putInt(16, prefix);
    request.bytes().putInt(20, index.bytes().getInt(VALUE));
    try (Fd six = socket(AF_INET6, name)) {
      six.ioctl("SIOCSIFADDR", SIOCSIFADDR, request);
    }
  }

  private NativeBuffer request() {
    NativeBuffer request = NativeBuffer.ofSize(IFREQ_SIZE);
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    request.bytes().put(0, bytes, 0, Math.min(bytes.length, TapDevice.LONGEST_NAME));
    return request;
  }

  @Override
  public void close() {
    socket.close();
  }
}
