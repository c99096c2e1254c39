package dev.javisor.internal.bus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An address space of devices: guest ports or MMIO. Finds the device that an access is for.
 *
 * <p>Reads of addresses where no device sits return all ones, and writes there vanish, as on a PC's
 * bus. An access that starts inside a device and runs past its end goes to that device; it sees
 * offset and size.
 *
 * <p>Threading: accesses come from all vCPU threads at once and neither lock nor allocate; the map
 * is replaced as a whole when a device is added or removed.
 */
public final class Bus {
  private record Slot(AddressRange range, BusDevice device) {}

  private volatile Slot[] slots = {};

  /**
   * Puts a device on the bus.
   *
   * @throws IllegalArgumentException if the range overlaps another device's
   */
  public synchronized void add(AddressRange range, BusDevice device) {
    List<Slot> next = new ArrayList<>(List.of(slots));
    for (Slot slot : next) {
      if (slot.range.overlaps(range)) {
        throw new IllegalArgumentException(
            "%s overlaps %s of another device".formatted(range, slot.range));
      }
    }
    next.add(new Slot(range, device));
    next.sort(Comparator.comparing((Slot s) -> s.range.base(), Long::compareUnsigned));
    slots = next.toArray(new Slot[0]);
  }

  /**
   * Takes away what sits at this range.
   *
   * @throws IllegalArgumentException if nothing sits at exactly this range
   */
  public synchronized void remove(AddressRange range) {
    List<Slot> next = new ArrayList<>(List.of(slots));
    if (!next.removeIf(slot -> slot.range.equals(range))) {
      throw new IllegalArgumentException("no device at " + range);
    }
    slots = next.toArray(new Slot[0]);
  }

  /** The range of the device that answers at this address. */
  public Optional<AddressRange> rangeAt(long address) {
    return Optional.ofNullable(find(address)).map(Slot::range);
  }

  /** Reads as a guest: see {@link BusDevice#read}. */
  public long read(long address, int size) {
    Slot slot = find(address);
    return slot == null ? -1L : slot.device.read(address - slot.range.base(), size);
  }

  /** Writes as a guest: see {@link BusDevice#write}. */
  public void write(long address, int size, long value) {
    Slot slot = find(address);
    if (slot != null) {
      slot.device.write(address - slot.range.base(), size, value);
    }
  }

  private @Nullable Slot find(long address) {
    Slot[] map = slots;
    int low = 0;
    int high = map.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Slot slot = map[middle];
      if (slot.range.contains(address)) {
        return slot;
      }
      if (Long.compareUnsigned(address, slot.range.base()) < 0) {
        high = middle - 1;
      } else {
        low = middle + 1;
      }
    }
    return null;
  }
}
