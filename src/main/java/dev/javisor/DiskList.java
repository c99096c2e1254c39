package dev.javisor;

import dev.javisor.internal.block.file.DiskSpec;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.guest.SeedContent;
import dev.javisor.internal.machine.DeviceIds;
import dev.javisor.internal.machine.DiskDevices;
import dev.javisor.internal.machine.PciDeviceFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The disks as the builder was told, in their order. */
final class DiskList {
  private final List<DiskSettings> disks = new ArrayList<>();

  void add(DiskSettings disk) {
    disks.add(disk);
  }

  boolean isEmpty() {
    return disks.isEmpty();
  }

  /** The first cloud-init seed among them that is known to be one. */
  Optional<SeedContent> seed() {
    return disks.stream()
        .map(DiskSettings::backend)
        .filter(SeedContent.class::isInstance)
        .map(SeedContent.class::cast)
        .findFirst();
  }

  /** These disks, and another one behind them. */
  DiskList with(DiskSettings another) {
    DiskList all = new DiskList();
    all.disks.addAll(disks);
    all.add(another);
    return all;
  }

  /**
   * Makes out the disks, and looks at what is behind them.
   *
   * @param ids knows the names of other devices, and gets theirs
   * @param shared whether their threads are shared with other devices
   * @param problems takes the mistakes
   */
  List<PciDeviceFactory> resolve(DeviceIds ids, boolean shared, List<Problem> problems) {
    List<DiskSpec> specs = new ArrayList<>();
    for (DiskSettings disk : disks) {
      int before = problems.size();
      DiskSpec spec = disk.resolve(specs.size(), problems);
      ids.claim(spec.field(), spec.id(), problems);
      checkAgainst(specs, spec, problems);
      if (shared && spec.pollNanos() > 0) {
        problems.add(
            new Problem(
                spec.field() + ".poll",
                "%d ns".formatted(spec.pollNanos()),
                "polling needs threads of the disk's own; leave out poll or queueLoop"));
      }
      if (problems.size() == before) {
        DiskDevices.check(spec).ifPresent(problems::add);
      }
      specs.add(spec);
    }
    return specs.stream().map(DiskDevices::from).toList();
  }

  private static void checkAgainst(List<DiskSpec> others, DiskSpec spec, List<Problem> problems) {
    for (DiskSpec other : others) {
      if (spec.backend() != null && spec.backend() == other.backend()) {
        problems.add(
            new Problem(
                spec.field(),
                spec.backend().getClass().getName(),
                "%s is the same object; each disk needs its own".formatted(other.field())));
      }
      Path path = spec.path();
      Path otherPath = other.path();
      boolean written = !spec.readOnly() || !other.readOnly();
      if (path != null && otherPath != null && written && isSameFile(path, otherPath)) {
        problems.add(
            new Problem(
                spec.field() + ".path",
                path.toString(),
                "%s is the same file; make both read-only, or copy it".formatted(other.field())));
      }
    }
  }

  private static boolean isSameFile(Path path, Path other) {
    try {
      return Files.isSameFile(path, other);
    } catch (IOException e) {
      // One of them is not there, which is said elsewhere.
      return false;
    }
  }
}
