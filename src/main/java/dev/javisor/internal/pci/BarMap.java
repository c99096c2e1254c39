package dev.javisor.internal.pci;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.bus.BusDevice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which BAR answers at which address: those of functions that decode memory, as far as they lie in
 * a window of the host bridge.
 *
 * <p>Where BARs overlap, that of the function which came first wins, and the other answers nowhere,
 * so that two doorbells never have one address. A guest that follows the specification does not
 * bring this about but for a moment, when firmware sizes BARs with decoding on.
 *
 * <p>Threading: accesses from any thread, with neither lock nor allocation; {@link #update} under
 * the bus's lock.
 */
final class BarMap {
  private record Mapped(PciFunction function, Bar bar, AddressRange range) {}

  private final List<AddressRange> windows;
  private volatile Mapped[] mapped = {};

  BarMap(List<AddressRange> windows) {
    this.windows = windows;
  }

  /** What answers the accesses to a window, from its base on. */
  BusDevice window(AddressRange window) {
    return new BusDevice() {
      @Override
      public long read(long offset, int size) {
        long gpa = window.base() + offset;
        Mapped at = find(gpa, size);
        return at == null ? -1 : at.bar.registers().read(gpa - at.range.base(), size);
      }

      @Override
      public void write(long offset, int size, long value) {
        long gpa = window.base() + offset;
        Mapped at = find(gpa, size);
        if (at != null) {
          at.bar.registers().write(gpa - at.range.base(), size, value);
        }
      }
    };
  }

  /** Finds out anew where all BARs are, and tells those that moved. */
  void update(Iterable<PciFunction> functions) {
    List<Mapped> next = new ArrayList<>();
    for (PciFunction function : functions) {
      for (Bar bar : function.bars()) {
        place(function, bar, next).ifPresent(next::add);
      }
    }
    List<Mapped> before = List.of(mapped);
    Mapped[] sorted = next.toArray(new Mapped[0]);
    Arrays.sort(sorted, Comparator.comparing((Mapped m) -> m.range.base(), Long::compareUnsigned));
    mapped = sorted;
    for (Mapped old : before) {
      if (!next.contains(old)) {
        old.function.listener().unmapped(old.bar.index());
      }
    }
    for (Mapped now : next) {
      if (!before.contains(now)) {
        now.function.listener().mapped(now.bar.index(), now.range.base());
      }
    }
  }

  private Optional<Mapped> place(PciFunction function, Bar bar, List<Mapped> taken) {
    long address = function.address(bar);
    if (!function.decodes() || !inWindow(address, bar.size())) {
      return Optional.empty();
    }
    AddressRange range = new AddressRange(address, bar.size());
    return taken.stream().anyMatch(other -> other.range.overlaps(range))
        ? Optional.empty()
        : Optional.of(new Mapped(function, bar, range));
  }

  private boolean inWindow(long address, long size) {
    return windows.stream()
        .anyMatch(window -> window.contains(address) && window.last() - address >= size - 1);
  }

  private @Nullable Mapped find(long gpa, int size) {
    Mapped[] map = mapped;
    int low = 0;
    int high = map.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      AddressRange range = map[middle].range;
      if (range.contains(gpa)) {
        return range.last() - gpa >= size - 1 ? map[middle] : null;
      }
      if (Long.compareUnsigned(gpa, range.base()) < 0) {
        high = middle - 1;
      } else {
        low = middle + 1;
      }
    }
    return null;
  }
}
