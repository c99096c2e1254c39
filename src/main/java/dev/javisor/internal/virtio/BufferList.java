package dev.javisor.internal.virtio;

import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.IoVector;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One half of a request: buffers in guest RAM, none empty, that together are a string of bytes. How
 * the driver cut it into buffers means nothing (virtio 1.3 §2.7.4.2), so offsets count from the
 * beginning of the whole.
 *
 * <p>Threading: as the {@link DescriptorChain} it belongs to.
 *
 * <p>Errors: {@link BrokenDriverException} when the driver gave fewer bytes than are asked for.
 */
public final class BufferList {
  private static final int FIRST_CAPACITY = 4;

  private final GuestMemory memory;
  private long[] gpas = new long[FIRST_CAPACITY];
  private long[] lengths = new long[FIRST_CAPACITY];
  private int count;
  private long bytes;

  BufferList(GuestMemory memory) {
    this.memory = memory;
  }

  void clear() {
    count = 0;
    bytes = 0;
  }

  void add(long gpa, long length) {
    if (count == gpas.length) {
      // Kept for later requests; never beyond DescriptorReader.MAX_BUFFERS.
      gpas = Arrays.copyOf(gpas, 2 * count);
      lengths = Arrays.copyOf(lengths, 2 * count);
    }
    gpas[count] = gpa;
    lengths[count] = length;
    count++;
    bytes += length;
  }

  /** The number of buffers, 0 to 1024. */
  public int count() {
    return count;
  }

  /** The gpa at which a buffer starts. */
  public long gpa(int buffer) {
    return gpas[buffer];
  }

  /** The bytes of a buffer, 1 to 2^32 - 1. */
  public long length(int buffer) {
    return lengths[buffer];
  }

  /** The bytes of all buffers, up to 2^32. */
  public long bytes() {
    return bytes;
  }

  /** Reads a byte. */
  public byte readByte(long offset) {
    check(offset, Byte.BYTES);
    int buffer = 0;
    while (offset >= lengths[buffer]) {
      offset -= lengths[buffer++];
    }
    return memory.readByte(gpas[buffer] + offset);
  }

  /** Reads 32 bits, little-endian. */
  public int readInt(long offset) {
    return (int) read(offset, Integer.BYTES);
  }

  /** Reads 64 bits, little-endian. */
  public long readLong(long offset) {
    return read(offset, Long.BYTES);
  }

  private long read(long offset, int size) {
    check(offset, size);
    int buffer = 0;
    while (offset >= lengths[buffer]) {
      offset -= lengths[buffer++];
    }
    if (offset + size <= lengths[buffer]) {
      long gpa = gpas[buffer] + offset;
      return size == Integer.BYTES ? memory.readInt(gpa) : memory.readLong(gpa);
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      if (offset == lengths[buffer]) {
        offset = 0;
        buffer++;
      }
      value |= (memory.readByte(gpas[buffer] + offset++) & 0xffL) << 8 * i;
    }
    return value;
  }

  /** Copies bytes into an array. */
  public void read(long offset, byte[] target, int start, int length) {
    check(offset, length);
    int buffer = 0;
    while (length > 0) {
      if (offset >= lengths[buffer]) {
        offset -= lengths[buffer++];
        continue;
      }
      int chunk = (int) Math.min(length, lengths[buffer] - offset);
      memory.read(gpas[buffer] + offset, target, start, chunk);
      offset += chunk;
      start += chunk;
      length -= chunk;
    }
  }

  /** Writes a byte. */
  public void writeByte(long offset, byte value) {
    check(offset, Byte.BYTES);
    int buffer = 0;
    while (offset >= lengths[buffer]) {
      offset -= lengths[buffer++];
    }
    memory.writeByte(gpas[buffer] + offset, value);
  }

  /** Copies an array's bytes to the guest. */
  public void write(long offset, byte[] source, int start, int length) {
    check(offset, length);
    int buffer = 0;
    while (length > 0) {
      if (offset >= lengths[buffer]) {
        offset -= lengths[buffer++];
        continue;
      }
      int chunk = (int) Math.min(length, lengths[buffer] - offset);
      memory.write(gpas[buffer] + offset, source, start, chunk);
      offset += chunk;
      start += chunk;
      length -= chunk;
    }
  }

  /** Copies all that remains of a buffer to the guest; its position moves to its limit. */
  public void write(long offset, ByteBuffer source) {
    check(offset, source.remaining());
    int limit = source.limit();
    for (int buffer = 0; source.position() < limit; buffer++) {
      if (offset >= lengths[buffer]) {
        offset -= lengths[buffer];
        continue;
      }
      int chunk = (int) Math.min(limit - source.position(), lengths[buffer] - offset);
      source.limit(source.position() + chunk);
      memory.write(gpas[buffer] + offset, source);
      source.position(source.limit()).limit(limit);
      offset = 0;
    }
  }

  /**
   * Adds a stretch to a vector, for a system call that works on guest RAM in place.
   *
   * @return false if the vector has no room for all of it; it then holds the beginning
   */
  public boolean addTo(IoVector vector, long offset, long length) {
    check(offset, length);
    int buffer = 0;
    while (length > 0) {
      if (offset >= lengths[buffer]) {
        offset -= lengths[buffer++];
        continue;
      }
      long chunk = Math.min(length, lengths[buffer] - offset);
      if (!vector.add(memory, gpas[buffer] + offset, chunk)) {
        return false;
      }
      offset += chunk;
      length -= chunk;
    }
    return true;
  }

  private void check(long offset, long length) {
    if (offset < 0 || length < 0 || offset > bytes - length) {
      throw new BrokenDriverException(
          "%d bytes at %d of a request that has %d".formatted(length, offset, bytes));
    }
  }
}
