package dev.javisor.internal.net.tap;

import dev.javisor.internal.net.NetException;
import dev.javisor.internal.net.NetPort;
import dev.javisor.internal.sys.NativeException;
import dev.javisor.internal.sys.NetInterface;
import dev.javisor.internal.sys.TapDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens TAP interfaces as ports. Threading: any thread. */
public final class Taps {
  private static final Logger log = LoggerFactory.getLogger(Taps.class);
  private static final String NAME_BY_KERNEL = "vmtap%d";
  private static final int MTU_UNKNOWN = 1500;
  private static final int FLAGS = TapDevice.IFF_TAP | TapDevice.IFF_NO_PI | TapDevice.IFF_VNET_HDR;

  private final Path device;

  /**
   * @param device the kernel's door, {@link TapDevice#DEVICE} but in tests
   */
  Taps(Path device) {
    this.device = device;
  }

  /**
   * Opens a TAP interface and makes it ready. One that was not there is made; it vanishes with the
   * port or with this process, whatever ends it.
   *
   * @throws NetException if it cannot be had as asked for
   */
  public static TapPort open(TapSpec spec) {
    return new Taps(TapDevice.DEVICE).openPort(spec);
  }

  TapPort openPort(TapSpec spec) {
    List<TapDevice> queues = new ArrayList<>();
    try {
      return spec.descriptors().isEmpty() ? named(spec, queues) : handedIn(spec, queues);
    } catch (RuntimeException | Error e) {
      queues.forEach(TapDevice::close);
      throw e;
    }
  }

  private TapPort named(TapSpec spec, List<TapDevice> queues) {
    TapErrors errors = new TapErrors(spec);
    String asked = spec.name() != null ? spec.name() : NAME_BY_KERNEL;
    boolean there = spec.name() != null && exists(asked);
    String name = asked;
    for (int i = 0; i < spec.pairs(); i++) {
      try {
        TapDevice queue = TapDevice.open(device);
        queues.add(queue);
        name = queue.attach(name, flags(spec));
        queue.headerSize(NetPort.HEADER);
      } catch (NativeException e) {
        throw errors.notAttached(e, device, there, i);
      }
    }
    try (NetInterface host = new NetInterface(name)) {
      return configured(spec, queues, name, there, host);
    } catch (NativeException e) {
      throw errors.notConfigured(e, name);
    }
  }

  private static TapPort configured(
      TapSpec spec, List<TapDevice> queues, String name, boolean there, NetInterface host) {
    HostAddress address = spec.address();
    if (there) {
      if (address != null) {
        log.info("TAP {} was there before: its addresses stay as they are", name);
      }
      address = null;
    } else if (address == null && spec.choosesAddress()) {
      address = HostAddress.choose();
    }
    if (spec.hostMac() != null) {
      host.mac(spec.hostMac().bytes());
    }
    if (spec.mtu() != 0 && host.mtu() != spec.mtu()) {
      host.mtu(spec.mtu());
    }
    if (address != null) {
      host.address(address.address().getAddress(), address.prefix());
    }
    host.bringUp();
    TapPort.HostSide side = new TapPort.HostSide(name, !there, Optional.ofNullable(address));
    return new TapPort(side, host.mtu(), spec.offloads(), queues);
  }

  private static TapPort handedIn(TapSpec spec, List<TapDevice> queues) {
    for (int descriptor : spec.descriptors()) {
      String value = Integer.toString(descriptor);
      try {
        TapDevice queue = TapDevice.duplicate(descriptor);
        queues.add(queue);
        if ((queue.flags() & FLAGS) != FLAGS) {
          throw new NetException(
              "fd", value, "expected a TAP with the flags IFF_TAP, IFF_NO_PI and IFF_VNET_HDR");
        }
        queue.headerSize(NetPort.HEADER);
      } catch (NativeException e) {
        throw new NetException(
            "fd", value, "expected the descriptor of a TAP interface: " + e.getMessage());
      }
    }
    String name = queues.get(0).interfaceName();
    int mtu = spec.mtu() != 0 ? spec.mtu() : knownMtu(name);
    return new TapPort(
        new TapPort.HostSide(name, false, Optional.empty()), mtu, spec.offloads(), queues);
  }

  /** It may be in a network namespace that this process does not see. */
  private static int knownMtu(String name) {
    try (NetInterface host = new NetInterface(name)) {
      return host.mtu();
    } catch (NativeException e) {
      return MTU_UNKNOWN;
    }
  }

  private static boolean exists(String name) {
    try (NetInterface host = new NetInterface(name)) {
      return host.exists();
    }
  }

  private static int flags(TapSpec spec) {
    return FLAGS | (spec.pairs() > 1 ? TapDevice.IFF_MULTI_QUEUE : 0);
  }
}
