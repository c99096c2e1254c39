package dev.javisor.internal.sys;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * One queue of a TAP interface: each read takes one frame from the host's side, each write gives it
 * one. It never blocks.
 *
 * <p>The calls that guests cause return their result or the negated errno, and allocate nothing.
 *
 * <p>Source: linux/if_tun.h, Documentation/networking/tuntap.rst. Threading: any thread.
 */
public final class TapDevice extends Fd {
  /** Where TAP interfaces come from. */
  public static final Path DEVICE = Path.of("/dev/net/tun");

  /** The longest name of an interface in bytes. */
  public static final int LONGEST_NAME = 15;

  /** Flag: frames, not IP packets. */
  public static final int IFF_TAP = 0x2;

  /** Flag: no packet information in front of each frame. */
  public static final int IFF_NO_PI = 0x1000;

  /** Flag: a virtio header in front of each frame. */
  public static final int IFF_VNET_HDR = 0x4000;

  /** Flag: several descriptors may be attached, each of them a queue. */
  public static final int IFF_MULTI_QUEUE = 0x100;

  /** Offload: the reader takes frames whose checksum is to be done. */
  public static final int OFFLOAD_CSUM = 0x1;

  /** Offload: the reader takes TCP segments over IPv4 that are larger than frames. */
  public static final int OFFLOAD_TSO4 = 0x2;

  /** Offload: the same over IPv6. */
  public static final int OFFLOAD_TSO6 = 0x4;

  /** Offload: such segments may have ECN bits. */
  public static final int OFFLOAD_TSO_ECN = 0x8;

  /** Offload: the reader takes UDP datagrams that are larger than frames. */
  public static final int OFFLOAD_UFO = 0x10;

  private static final long TUNSETIFF = 0x4004_54CAL;
  private static final long TUNGETFEATURES = 0x8004_54CFL;
  private static final long TUNSETOFFLOAD = 0x4004_54D0L;
  private static final long TUNGETIFF = 0x8004_54D2L;
  private static final long TUNSETVNETHDRSZ = 0x4004_54D8L;
  private static final long TUNSETQUEUE = 0x4004_54D9L;
  private static final long TUNSETCARRIER = 0x4004_54E2L;
  private static final short IFF_ATTACH_QUEUE = 0x200;
  private static final short IFF_DETACH_QUEUE = 0x400;

  private static final int F_SETFL = 4;
  private static final int F_GETFL = 3;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int IFREQ_SIZE = 40;
  private static final int IFREQ_FLAGS = 16;

  private TapDevice(int number, String name) {
    super(number, name);
  }

  /**
   * Opens the door to the kernel's TAP interfaces; nothing is attached yet.
   *
   * @param device {@link #DEVICE}, but in tests
   * @throws NativeException if it is not there or may not be opened
   */
  public static TapDevice open(Path device) {
    return new TapDevice(openNumber(device, O_RDWR | O_NONBLOCK), device.toString());
  }

  /**
   * Another descriptor for a queue that somebody else has opened; it is made not to block.
   *
   * @throws NativeException if there is no such descriptor
   */
  public static TapDevice duplicate(int descriptor) {
    String name = "descriptor " + descriptor;
    long made = Sys.call(Syscall.FCNTL, descriptor, F_DUPFD_CLOEXEC, 0);
    TapDevice tap = new TapDevice((int) Sys.check(made, "fcntl(F_DUPFD_CLOEXEC)", name), name);
    long flags = Sys.call(Syscall.FCNTL, tap.number(), F_GETFL, 0);
    Sys.call(Syscall.FCNTL, tap.number(), F_SETFL, flags | O_NONBLOCK);
    return tap;
  }

  /**
   * Attaches this descriptor to an interface, which is made if it is not there, and then vanishes
   * with its last descriptor.
   *
   * @param name of the interface; {@code %d} in it stands for the first free number
   * @param flags of IFF_
   * @return the interface's name
   * @throws NativeException if the kernel refuses
   */
  public String attach(String name, int flags) {
    NativeBuffer request = NativeBuffer.ofSize(IFREQ_SIZE);
    request.bytes().put(0, name.getBytes(StandardCharsets.UTF_8));
    request.bytes().putShort(IFREQ_FLAGS, (short) flags);
    long result = request.during(at -> tryIoctl(TUNSETIFF, at));
    if (result < 0) {
      throw new NativeException("ioctl(TUNSETIFF)", (int) -result, name);
    }
    return interfaceName(request);
  }

  /** What the kernel's TAP interfaces can, as flags of IFF_. */
  public int features() {
    NativeBuffer value = NativeBuffer.ofSize(Long.BYTES);
    ioctl("TUNGETFEATURES", TUNGETFEATURES, value);
    return value.bytes().getInt(0);
  }

  /**
   * The name of the interface that this is attached to.
   *
   * @throws NativeException if it is none (ENOTTY: no TAP at all; EBADFD: not attached)
   */
  public String interfaceName() {
    return interfaceName(describe());
  }

  /** The flags that the interface was made with. */
  public int flags() {
    return describe().bytes().getShort(IFREQ_FLAGS) & 0xffff;
  }

  /** Sets the length of the virtio header in front of each frame, in bytes. */
  public void headerSize(int bytes) {
    NativeBuffer value = NativeBuffer.ofSize(Long.BYTES);
    value.bytes().putInt(0, bytes);
    ioctl("TUNSETVNETHDRSZ", TUNSETVNETHDRSZ, value);
  }

  /**
   * Says what the reader of the interface takes from here on.
   *
   * @param offloads of OFFLOAD_
   * @return 0 or the negated errno
   */
  public long offload(int offloads) {
    return tryIoctl(TUNSETOFFLOAD, offloads);
  }

  /**
   * Lets this queue take part, or not, of an interface that has several.
   *
   * @return 0 or the negated errno; EINVAL if that is the case already
   */
  public long enableQueue(boolean enable) {
    NativeBuffer request = NativeBuffer.ofSize(IFREQ_SIZE);
    request.bytes().putShort(IFREQ_FLAGS, enable ? IFF_ATTACH_QUEUE : IFF_DETACH_QUEUE);
    return request.during(at -> tryIoctl(TUNSETQUEUE, at));
  }

  /**
   * Plugs the cable in or out, as the host sees it: since Linux 5.0.
   *
   * @return 0 or the negated errno
   */
  public long carrier(boolean on) {
    NativeBuffer value = NativeBuffer.ofSize(Long.BYTES);
    value.bytes().putInt(0, on ? 1 : 0);
    return value.during(at -> tryIoctl(TUNSETCARRIER, at));
  }

  /** Gives the host a frame: see {@link #tryReadVector} for the parameters. */
  public long tryWriteVector(long vector, int count) {
    return Sys.call(Syscall.WRITEV, number(), vector, count);
  }

  private NativeBuffer describe() {
    NativeBuffer request = NativeBuffer.ofSize(IFREQ_SIZE);
    ioctl("TUNGETIFF", TUNGETIFF, request);
    return request;
  }

  private static String interfaceName(NativeBuffer request) {
    byte[] bytes = new byte[LONGEST_NAME + 1];
    request.bytes().get(0, bytes);
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.substring(0, text.indexOf('\0'));
  }
}
