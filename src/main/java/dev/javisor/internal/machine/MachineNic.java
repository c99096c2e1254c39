package dev.javisor.internal.machine;

import dev.javisor.config.NetChannel;
import dev.javisor.error.NetworkException;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.net.BackendPort;
import dev.javisor.internal.net.GuestPorts;
import dev.javisor.internal.net.NetException;
import dev.javisor.internal.net.NetPort;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.net.ReachingBackend;
import dev.javisor.internal.net.tap.NetSpec;
import dev.javisor.internal.net.tap.TapPort;
import dev.javisor.internal.net.tap.Taps;
import dev.javisor.internal.net.user.UserNetwork;
import dev.javisor.internal.pci.PciDevice;
import dev.javisor.internal.sys.NativeUnavailableException;
import dev.javisor.internal.virtio.VirtioDevices;
import dev.javisor.internal.virtio.net.NicConfig;
import dev.javisor.internal.virtio.net.VirtioNic;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network device of one machine, from before its boot to after its end.
 *
 * <p>Threading: any thread.
 */
public final class MachineNic implements PciDeviceFactory {
  private static final Logger log = LoggerFactory.getLogger(MachineNic.class);
  private static final int USUAL_MTU = 1500;

  private final NetSpec spec;
  private boolean linkUp = true;
  private @Nullable VirtioNic device;
  private TapPort.@Nullable HostSide hostSide;
  private @Nullable UserNetwork user;

  public MachineNic(NetSpec spec) {
    this.spec = spec;
  }

  /** What keeps a network from being had, as far as this host can tell now. */
  public static Optional<Problem> check(NetSpec spec) {
    if (spec.backend() != null || spec.user() != null) {
      return Optional.empty();
    }
    try {
      Taps.open(spec.tap()).close();
      return Optional.empty();
    } catch (NetException e) {
      return Optional.of(new Problem(spec.field() + "." + e.key(), e.value(), e.hint()));
    } catch (NativeUnavailableException e) {
      // Said already, by the facts about this host.
      return Optional.empty();
    }
  }

  @Override
  public PciDevice<?> create(DeviceHost host) {
    NetPort port = open(host);
    try {
      log.info("{}: {}, guest {}", spec.id(), port.description(), spec.mac());
      return create(port, host);
    } catch (RuntimeException | Error e) {
      port.close();
      throw e;
    }
  }

  private PciDevice<?> create(NetPort port, DeviceHost host) {
    int mtu = Math.max(NicConfig.LEAST_MTU, Math.min(NicConfig.MOST_MTU, port.mtu()));
    NicConfig config =
        new NicConfig(spec.id(), spec.mac(), spec.pairs(), spec.queueSize(), mtu, spec.limiters());
    VirtioNic made = VirtioNic.create(config, port, System::nanoTime, host.timer());
    PciDevice<?> onTheBus =
        VirtioDevices.pci(made, host.memory(), host.workers(), host.interrupts());
    synchronized (this) {
      device = made;
      if (port instanceof TapPort tap) {
        hostSide = tap.host();
      }
      made.link(linkUp);
    }
    return onTheBus;
  }

  private NetPort open(DeviceHost host) {
    int mtu = spec.mtu() != 0 ? spec.mtu() : USUAL_MTU;
    if (spec.user() != null) {
      UserNetwork network =
          new UserNetwork(
              spec.user(),
              System::nanoTime,
              new SecureRandom(),
              body -> host.threads().newThread(spec.id() + "-user", body));
      BackendPort port =
          new BackendPort(spec.id(), network, mtu, spec.pairs(), spec.tap().offloads());
      synchronized (this) {
        user = network;
      }
      return port;
    }
    if (spec.backend() != null) {
      try {
        return new BackendPort(spec.id(), spec.backend(), mtu, spec.pairs(), Offloads.NONE);
      } catch (RuntimeException e) {
        // The user's code; the reason may be anything.
        throw new IllegalStateException("%s.backend: %s".formatted(spec.field(), e), e);
      }
    }
    try {
      return Taps.open(spec.tap());
    } catch (NetException e) {
      throw new IllegalStateException(
          "%s.%s %s: %s".formatted(spec.field(), e.key(), e.value(), e.hint()), e);
    }
  }

  /** The device's name. */
  public String id() {
    return spec.id();
  }

  /** The guest's address. */
  public String mac() {
    return spec.mac().toString();
  }

  /** The TAP interface, once there is one. */
  public synchronized Optional<String> tap() {
    return Optional.ofNullable(hostSide).map(TapPort.HostSide::tap);
  }

  /** The address that the host's end was given, with the length of its prefix. */
  public synchronized Optional<String> hostAddress() {
    if (user != null) {
      return Optional.of(user.hostAddress());
    }
    return Optional.ofNullable(hostSide).flatMap(TapPort.HostSide::address).map(Object::toString);
  }

  /** The guest's ports; empty if this process does not reach them by this network. */
  public Optional<GuestPorts> guestPorts() {
    if (spec.backend() instanceof ReachingBackend reaching) {
      return reaching.guestPorts();
    }
    return spec.user() == null ? Optional.empty() : Optional.of(new UserPorts());
  }

  private synchronized @Nullable UserNetwork user() {
    return user;
  }

  /** The guest's ports by the network that is played for it. */
  private final class UserPorts implements GuestPorts {
    @Override
    public int hostPort(int guestPort) {
      UserNetwork network = user();
      if (network == null) {
        throw new IllegalStateException(spec.id() + ": the machine was not booted");
      }
      return network.hostPort(guestPort);
    }

    @Override
    public NetChannel connect(int port, long nanosToWait) throws IOException {
      UserNetwork network = user();
      if (network == null) {
        throw new NetworkException(
            NetworkException.Reason.NOT_RUNNING, "the machine was not booted: nobody is there");
      }
      return network.connect(port, nanosToWait);
    }
  }

  /** Whether the cable is plugged in. */
  public synchronized boolean linkUp() {
    return device == null ? linkUp : device.linkUp();
  }

  /** Plugs the cable in or out. */
  public synchronized void link(boolean up) {
    linkUp = up;
    if (device != null) {
      device.link(up);
    }
  }

  /** Asks the driver to announce itself. */
  public synchronized void announce() {
    if (device != null) {
      device.announce();
    }
  }
}
