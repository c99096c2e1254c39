package dev.javisor.internal.memory;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.sys.Mapping;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The guest's RAM by guest physical address (gpa). Every access of a device to it goes through
 * here: bounds-checked, little-endian, with the ordering in the method's name.
 *
 * <p>The guest may change any byte at any time: read a value once, then check and use that copy.
 *
 * <p>Threading: any thread, until {@link #close()}; the machine stops vCPUs and quiesces devices
 * first. What the outside holds beyond that, it holds by a {@link MemoryLease}.
 *
 * <p>Errors: {@link GuestAddressException} when the bytes are not all RAM of one region. An access
 * with acquire or release ordering must be aligned to its size ({@link IllegalStateException}).
 */
public final class GuestMemory implements AutoCloseable {
  private static final VarHandle SHORT =
      MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final RamRegion[] regions;
  private final LeaseCount leases;

  /**
   * @param ram the mappings by the gpa at which each starts; they belong to this object from here
   *     on
   */
  public GuestMemory(SortedMap<Long, Mapping> ram) {
    regions = new RamRegion[ram.size()];
    int i = 0;
    for (Map.Entry<Long, Mapping> entry : ram.entrySet()) {
      regions[i++] = new RamRegion(entry.getKey(), entry.getValue());
    }
    leases = new LeaseCount(List.copyOf(ram.values()));
  }

  /** The ranges of guest physical addresses that are RAM, lowest first. */
  public List<AddressRange> ranges() {
    List<AddressRange> ranges = new ArrayList<>();
    for (RamRegion region : regions) {
      ranges.add(new AddressRange(region.gpa, region.size));
    }
    return ranges;
  }

  /** The size of all RAM in bytes. */
  public long size() {
    long size = 0;
    for (RamRegion region : regions) {
      size += region.size;
    }
    return size;
  }

  /** Whether these bytes are all RAM of one region. */
  public boolean contains(long gpa, long length) {
    for (RamRegion region : regions) {
      if (region.contains(gpa, length)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The host virtual address of guest bytes, for system calls that read or write them in place.
   *
   * @throws GuestAddressException if they are not all RAM of one region
   */
  public long hva(long gpa, long length) {
    RamRegion region = region(gpa, length);
    return region.mapping.address() + (gpa - region.gpa);
  }

  /** Reads a byte. */
  public byte readByte(long gpa) {
    RamRegion region = region(gpa, Byte.BYTES);
    long offset = gpa - region.gpa;
    return region.window(offset).get(index(offset));
  }

  /** Reads 16 bits. */
  public short readShort(long gpa) {
    RamRegion region = region(gpa, Short.BYTES);
    long offset = gpa - region.gpa;
    return region.window(offset).getShort(index(offset));
  }

  /** Reads 32 bits. */
  public int readInt(long gpa) {
    RamRegion region = region(gpa, Integer.BYTES);
    long offset = gpa - region.gpa;
    return region.window(offset).getInt(index(offset));
  }

  /** Reads 64 bits. */
  public long readLong(long gpa) {
    RamRegion region = region(gpa, Long.BYTES);
    long offset = gpa - region.gpa;
    return region.window(offset).getLong(index(offset));
  }

  /** Reads 16 bits; no later access happens before it. */
  public short readShortAcquire(long gpa) {
    RamRegion region = region(gpa, Short.BYTES);
    long offset = gpa - region.gpa;
    return (short) SHORT.getAcquire(region.window(offset), index(offset));
  }

  /** Reads 32 bits; no later access happens before it. */
  public int readIntAcquire(long gpa) {
    RamRegion region = region(gpa, Integer.BYTES);
    long offset = gpa - region.gpa;
    return (int) INT.getAcquire(region.window(offset), index(offset));
  }

  /** Writes a byte. */
  public void writeByte(long gpa, byte value) {
    RamRegion region = region(gpa, Byte.BYTES);
    long offset = gpa - region.gpa;
    region.window(offset).put(index(offset), value);
  }

  /** Writes 16 bits. */
  public void writeShort(long gpa, short value) {
    RamRegion region = region(gpa, Short.BYTES);
    long offset = gpa - region.gpa;
    region.window(offset).putShort(index(offset), value);
  }

  /** Writes 32 bits. */
  public void writeInt(long gpa, int value) {
    RamRegion region = region(gpa, Integer.BYTES);
    long offset = gpa - region.gpa;
    region.window(offset).putInt(index(offset), value);
  }

  /** Writes 64 bits. */
  public void writeLong(long gpa, long value) {
    RamRegion region = region(gpa, Long.BYTES);
    long offset = gpa - region.gpa;
    region.window(offset).putLong(index(offset), value);
  }

  /** Writes 16 bits; every earlier access happens before it. */
  public void writeShortRelease(long gpa, short value) {
    RamRegion region = region(gpa, Short.BYTES);
    long offset = gpa - region.gpa;
    SHORT.setRelease(region.window(offset), index(offset), value);
  }

  /** Writes 32 bits; every earlier access happens before it. */
  public void writeIntRelease(long gpa, int value) {
    RamRegion region = region(gpa, Integer.BYTES);
    long offset = gpa - region.gpa;
    INT.setRelease(region.window(offset), index(offset), value);
  }

  /** Writes 64 bits; every earlier access happens before it. */
  public void writeLongRelease(long gpa, long value) {
    RamRegion region = region(gpa, Long.BYTES);
    long offset = gpa - region.gpa;
    LONG.setRelease(region.window(offset), index(offset), value);
  }

  /** Copies guest bytes into an array. */
  public void read(long gpa, byte[] target, int start, int length) {
    RamRegion region = region(gpa, length);
    long offset = gpa - region.gpa;
    while (length > 0) {
      int chunk = chunk(offset, length);
      region.window(offset).get(index(offset), target, start, chunk);
      offset += chunk;
      start += chunk;
      length -= chunk;
    }
  }

  /** Copies an array's bytes to the guest. */
  public void write(long gpa, byte[] source, int start, int length) {
    RamRegion region = region(gpa, length);
    long offset = gpa - region.gpa;
    while (length > 0) {
      int chunk = chunk(offset, length);
      region.window(offset).put(index(offset), source, start, chunk);
      offset += chunk;
      start += chunk;
      length -= chunk;
    }
  }

  /** Copies all that remains of a buffer to the guest; its position stays. */
  public void write(long gpa, ByteBuffer source) {
    int start = source.position();
    int length = source.remaining();
    RamRegion region = region(gpa, length);
    long offset = gpa - region.gpa;
    while (length > 0) {
      int chunk = chunk(offset, length);
      region.window(offset).put(index(offset), source, start, chunk);
      offset += chunk;
      start += chunk;
      length -= chunk;
    }
  }

  /** Copies a whole array to the guest. */
  public void write(long gpa, byte[] source) {
    write(gpa, source, 0, source.length);
  }

  /**
   * Lends guest bytes out as a buffer that stays harmless after {@link #close()}.
   *
   * @param length bytes; the range must lie within 1 GiB from a 1 GiB boundary of its region
   */
  public MemoryLease lease(long gpa, int length) {
    RamRegion region = region(gpa, length);
    long offset = gpa - region.gpa;
    if ((offset & RamRegion.WINDOW_MASK) + length > RamRegion.WINDOW_MASK + 1) {
      throw new GuestAddressException(gpa, length);
    }
    return leases.lend(region.mapping, offset, length);
  }

  /**
   * Lends guest bytes out as {@link #lease} does, but at the price of a small object, for requests:
   * the lease is the whole window's, and ends when this memory is closed and no buffer over any
   * part of the window is reachable.
   *
   * @param length bytes; the range must lie within 1 GiB from a 1 GiB boundary of its region
   * @return the bytes, little-endian
   * @throws IllegalStateException if this memory is closed
   */
  public ByteBuffer borrow(long gpa, int length) {
    RamRegion region = region(gpa, length);
    long offset = gpa - region.gpa;
    if ((offset & RamRegion.WINDOW_MASK) + length > RamRegion.WINDOW_MASK + 1) {
      throw new GuestAddressException(gpa, length);
    }
    ByteBuffer window = region.lentWindow(offset, leases);
    return window.slice(index(offset), length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Gives all pages back to the host: the guest reads zeros. No vCPU may run. */
  public void discard() {
    for (RamRegion region : regions) {
      region.mapping.discard();
    }
  }

  /**
   * Frees the host's memory at once. The address range is given back at once too, or, while leases
   * are out, when the last of them ends. Later calls do nothing.
   */
  @Override
  public void close() {
    leases.close();
    for (RamRegion region : regions) {
      region.forgetLentWindows();
    }
  }

  private RamRegion region(long gpa, long length) {
    for (RamRegion region : regions) {
      if (region.contains(gpa, length)) {
        return region;
      }
    }
    throw new GuestAddressException(gpa, length);
  }

  private static int index(long offset) {
    return (int) (offset & RamRegion.WINDOW_MASK);
  }

  private static int chunk(long offset, int length) {
    return (int) Math.min(length, RamRegion.WINDOW_MASK + 1 - (offset & RamRegion.WINDOW_MASK));
  }
}
