package dev.javisor.internal.machine;

import dev.javisor.internal.block.BackendDisk;
import dev.javisor.internal.block.Disk;
import dev.javisor.internal.block.DiskException;
import dev.javisor.internal.block.file.DiskSpec;
import dev.javisor.internal.block.file.FileDisks;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.pci.PciDevice;
import dev.javisor.internal.sys.NativeUnavailableException;
import dev.javisor.internal.virtio.VirtioDevices;
import dev.javisor.internal.virtio.blk.BlkConfig;
import dev.javisor.internal.virtio.blk.VirtioDisk;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The disks of machines. */
public final class DiskDevices {
  private static final Logger log = LoggerFactory.getLogger(DiskDevices.class);

  private DiskDevices() {}

  /** What keeps a disk from being had, as far as this host can tell now. */
  public static Optional<Problem> check(DiskSpec spec) {
    try {
      open(spec).close();
      return Optional.empty();
    } catch (DiskException e) {
      return Optional.of(new Problem(spec.field() + "." + e.key(), e.value(), e.hint()));
    } catch (NativeUnavailableException e) {
      // Said already, by the facts about this host.
      return Optional.empty();
    }
  }

  /** Opens a disk, and puts it on the PCI bus. */
  public static PciDeviceFactory from(DiskSpec spec) {
    return host -> {
      Disk disk = openForBoot(spec);
      try {
        log.info("{}: {}, {}", spec.id(), disk.description(), wayOfServing(spec, host));
        return device(spec, disk, host);
      } catch (RuntimeException | Error e) {
        disk.close();
        throw e;
      }
    };
  }

  private static String wayOfServing(DiskSpec spec, DeviceHost host) {
    String polls = spec.pollNanos() > 0 ? ", polled up to %d ns".formatted(spec.pollNanos()) : "";
    return "queues: %d, %s%s".formatted(spec.queues(), host.workers().description(), polls);
  }

  private static PciDevice<?> device(DiskSpec spec, Disk disk, DeviceHost host) {
    BlkConfig config =
        new BlkConfig(
            spec.id(),
            spec.queues(),
            spec.queueSize(),
            spec.limiter(),
            spec.serial(),
            spec.pollNanos());
    VirtioDisk device = VirtioDisk.create(config, disk, System::nanoTime, host.timer());
    return VirtioDevices.pci(device, host.memory(), host.workers(), host.interrupts());
  }

  private static Disk openForBoot(DiskSpec spec) {
    try {
      return open(spec);
    } catch (DiskException e) {
      throw new IllegalStateException(
          "%s.%s %s: %s".formatted(spec.field(), e.key(), e.value(), e.hint()), e);
    }
  }

  private static Disk open(DiskSpec spec) {
    if (spec.backend() == null) {
      return FileDisks.open(spec);
    }
    try {
      return new BackendDisk(spec.id(), spec.backend(), spec.readOnly());
    } catch (RuntimeException e) {
      // The user's code; the reason may be anything.
      throw new DiskException("backend", spec.backend().getClass().getName(), String.valueOf(e));
    }
  }
}
