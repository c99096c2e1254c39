package dev.javisor.internal.net.tap;

import dev.javisor.internal.net.NetException;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.NativeException;
import dev.javisor.internal.sys.TapDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel means when it refuses a TAP interface, and what helps. */
final class TapErrors {
  private static final String ANY = "any";

  private final TapSpec spec;

  TapErrors(TapSpec spec) {
    this.spec = spec;
  }

  /**
   * A queue could not be opened or attached.
   *
   * @param there whether the interface was there before
   * @param queue which one, from 0
   */
  NetException notAttached(NativeException e, Path device, boolean there, int queue) {
    if (e.call().equals("open")) {
      return problem(notOpened(e, device));
    }
    return switch (e.errno()) {
      case Errno.EPERM -> problem(there ? notOurs() : notAllowed());
      case Errno.EBUSY -> problem("another program uses it; each machine needs a TAP of its own");
      case Errno.E2BIG ->
          new NetException(
              "queuePairs",
              Integer.toString(spec.pairs()),
              "the kernel gives a TAP no more than %d queues".formatted(queue));
      case Errno.EINVAL -> problem(there ? notFitting() : refused(e));
      default -> problem(refused(e));
    };
  }

  private static String notOpened(NativeException e, Path device) {
    return switch (e.errno()) {
      case Errno.ENOENT, Errno.ENODEV, Errno.ENXIO ->
          "there is no %s: load the kernel's module (modprobe tun), or give the container the device"
                  .formatted(device)
              + " (--device /dev/net/tun)";
      case Errno.EACCES, Errno.EPERM ->
          "user %s may not open %s: chmod 0666 %2$s, as distributions have it (what a user can do with"
                  .formatted(user(), device)
              + " it is up to CAP_NET_ADMIN), or hand an open TAP in as a descriptor (fd)";
      default -> refused(e);
    };
  }

  /** Capabilities of a file do not work for java: it would not find its own libraries. */
  private static String notAllowed() {
    return "user %s may not make TAP interfaces (no CAP_NET_ADMIN); have root make one for you: "
            .formatted(user())
        + "ip tuntap add dev tap0 mode tap user %s && ip link set tap0 up".formatted(user())
        + ", and name it; or hand in an open one as a descriptor (fd); or start java with the"
        + " capability: setpriv --inh-caps +net_admin --ambient-caps +net_admin java ...";
  }

  private String notOurs() {
    return "it belongs to somebody else; have root give it to user %1$s: ip tuntap del dev %2$s mode tap"
            .formatted(user(), spec.name())
        + " && ip tuntap add dev %2$s mode tap%3$s user %1$s && ip link set %2$s up"
            .formatted(user(), spec.name(), spec.pairs() > 1 ? " multi_queue" : "");
  }

  private String notFitting() {
    Path flags = Path.of("/sys/class/net", String.valueOf(spec.name()), "tun_flags");
    try {
      String text = Files.readString(flags).trim().replace("0x", "");
      int bits = Integer.parseInt(text, 16);
      if ((bits & TapDevice.IFF_TAP) == 0) {
        return "it is a TUN interface, for packets; expected a TAP: ip tuntap add mode tap";
      }
      if ((bits & TapDevice.IFF_MULTI_QUEUE) == 0) {
        return "it was made for one queue, and cannot have %d pairs: ip tuntap add ... multi_queue"
            .formatted(spec.pairs());
      }
      return "it was made for several queues (multi_queue); ask for two pairs at least, or make it"
          + " without";
    } catch (IOException | NumberFormatException e) {
      return "there is an interface of that name, and it is no TAP";
    }
  }

  /** The interface is there, but cannot be made ready. */
  NetException notConfigured(NativeException e, String name) {
    String setting =
        switch (e.call()) {
          case "ioctl(SIOCSIFHWADDR)" -> "hostMac";
          case "ioctl(SIOCSIFMTU)" -> "mtu";
          case "ioctl(SIOCSIFADDR)", "ioctl(SIOCSIFNETMASK)" -> "ip";
          default -> "tap";
        };
    if (e.errno() == Errno.EPERM) {
      return new NetException(
          setting,
          name,
          "user %s may not change the interface (no CAP_NET_ADMIN); have root do it before: "
                  .formatted(user())
              + "ip link set %s up, and what else is asked for".formatted(name));
    }
    return new NetException(setting, name, refused(e));
  }

  private NetException problem(String hint) {
    return new NetException("tap", spec.name() != null ? spec.name() : ANY, hint);
  }

  private static String refused(NativeException e) {
    return String.valueOf(e.getMessage());
  }

  private static String user() {
    return System.getProperty("user.name");
  }
}
