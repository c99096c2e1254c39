package dev.javisor.internal.machine;

import dev.javisor.internal.config.Problem;
import dev.javisor.internal.pci.PciDevice;
import dev.javisor.internal.unix.UnixSockets;
import dev.javisor.internal.virtio.VirtioDevices;
import dev.javisor.internal.virtio.vsock.VsockConfig;
import dev.javisor.internal.virtio.vsock.VsockDevices;
import dev.javisor.internal.vsock.VsockHub;
import dev.javisor.internal.vsock.unix.HybridSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A vsock device of one machine, with those who listen, from before its boot to after its end.
 *
 * <p>Threading: any thread.
 */
public final class MachineVsock implements PciDeviceFactory {
  private static final Logger log = LoggerFactory.getLogger(MachineVsock.class);

  private final VsockSpec spec;
  private final VsockHub hub;
  private volatile @Nullable MachineThreads threads;
  private volatile @Nullable Path socket;

  public MachineVsock(VsockSpec spec) {
    this.spec = spec;
    hub = new VsockHub(spec.id(), spec.cid());
  }

  /** What keeps its socket from being had, as far as this host can tell now. */
  public static Optional<Problem> check(VsockSpec spec) {
    Path path = spec.socket();
    return Optional.ofNullable(path)
        .flatMap(UnixSockets::problem)
        .map(hint -> new Problem("vsock.socket", String.valueOf(path), hint));
  }

  @Override
  public PciDevice<?> create(DeviceHost host) {
    threads = host.threads();
    HybridSocket hybrid = open(host.threads());
    Runnable end = hybrid == null ? () -> {} : hybrid::close;
    try {
      VsockConfig config = new VsockConfig(spec.id(), spec.cid());
      return VirtioDevices.pci(
          VsockDevices.create(config, hub, host.timer(), end),
          host.memory(),
          host.workers(),
          host.interrupts());
    } catch (RuntimeException | Error e) {
      end.run();
      throw e;
    }
  }

  private @Nullable HybridSocket open(MachineThreads made) {
    Path path = spec.socket();
    if (path == null) {
      return null;
    }
    try {
      HybridSocket opened = new HybridSocket(hub, path, made::newThread);
      socket = path;
      log.info("{}: CID {}, socket {}", spec.id(), spec.cid(), path);
      return opened;
    } catch (IOException e) {
      throw new IllegalStateException(
          "vsock.socket %s: cannot listen there: %s".formatted(path, e.getMessage()), e);
    }
  }

  /** The connections. */
  public VsockHub hub() {
    return hub;
  }

  /** Where other processes reach the guest, once it has booted. */
  public Optional<Path> socket() {
    return Optional.ofNullable(socket);
  }

  /**
   * A daemon thread for a connection.
   *
   * @throws IllegalStateException if the machine was not booted, or makes none
   */
  public Thread newThread(String role, Runnable body) {
    MachineThreads known = threads;
    if (known == null) {
      throw new IllegalStateException("no machine, no connection");
    }
    return known.newThread(role, body);
  }
}
