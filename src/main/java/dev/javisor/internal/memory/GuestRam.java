package dev.javisor.internal.memory;

import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.Mapping;
import java.util.SortedMap;
import java.util.TreeMap;

/** Maps guest RAM around the hole below 4 GiB that belongs to devices. */
public final class GuestRam {
  /** Where RAM goes on above the hole. */
  public static final long ABOVE_HOLE = 0x1_0000_0000L;

  private static final long HUGE_PAGE = 2L << 20;
  private static final int MFD_HUGETLB = 0x4;
  private static final int MFD_HUGE_2MB = 21 << 26;

  private GuestRam() {}

  /**
   * Maps RAM as told.
   *
   * @param holeStart the gpa at which RAM below 4 GiB ends at the latest
   * @throws dev.javisor.internal.sys.NativeException if the host has not as much
   */
  public static GuestMemory map(RamSpec spec, long holeStart) {
    SortedMap<Long, Mapping> ram = new TreeMap<>();
    try {
      long low = Math.min(spec.bytes(), holeStart);
      ram.put(0L, mapRegion(spec, low, "guest RAM below 4 GiB"));
      if (spec.bytes() > low) {
        ram.put(ABOVE_HOLE, mapRegion(spec, spec.bytes() - low, "guest RAM above 4 GiB"));
      }
    } catch (RuntimeException e) {
      ram.values().forEach(Mapping::close);
      throw e;
    }
    return new GuestMemory(ram);
  }

  private static Mapping mapRegion(RamSpec spec, long bytes, String name) {
    Mapping mapping =
        spec.shared() || spec.hugePages()
            ? mapShared(spec, bytes)
            : Mapping.anonymous(bytes, HUGE_PAGE, name);
    try {
      mapping.excludeFromCoreDumps();
      if (!spec.hugePages()) {
        mapping.transparentHugePages(spec.transparentHugePages());
      }
      // A huge page that is missing when the guest first touches it raises SIGBUS, which would end
      // the JVM; so they are taken before the guest starts, or the machine is refused.
      if (spec.prefault() || spec.hugePages()) {
        mapping.populate();
      }
      return mapping;
    } catch (RuntimeException e) {
      mapping.close();
      throw e;
    }
  }

  private static Mapping mapShared(RamSpec spec, long bytes) {
    // The mapping keeps the memory alive; nobody needs the descriptor yet.
    try (Fd memfd = Fd.memfd("javisor-ram", spec.hugePages() ? MFD_HUGETLB | MFD_HUGE_2MB : 0)) {
      memfd.truncate(bytes);
      return Mapping.shared(memfd, bytes, 0);
    }
  }
}
