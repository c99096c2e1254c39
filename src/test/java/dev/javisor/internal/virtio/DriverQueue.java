package dev.javisor.internal.virtio;

import dev.javisor.internal.memory.GuestMemory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The driver's side of a split virtqueue, written from virtio 1.3 §2.7 and not from the device's
 * code: rings and buffers in real guest RAM. All tests of devices speak through it.
 *
 * <p>It takes RAM from a base address upwards: descriptor table, available ring, used ring, and
 * behind them buffers, which {@link #allocate} hands out and never takes back. {@link #descriptor},
 * {@link #offer(int)} and the addresses are there for tests that break the rules.
 */
public final class DriverQueue {
  /** Descriptor flag: the chain goes on at {@code next}. */
  public static final int NEXT = 1;

  /** Descriptor flag: for the device to write. */
  public static final int WRITE = 2;

  /** Descriptor flag: a table of descriptors. */
  public static final int INDIRECT = 4;

  /**
   * A buffer of a request.
   *
   * @param gpa where it is
   * @param length its bytes
   * @param write whether the device writes it
   */
  public record Buffer(long gpa, int length, boolean write) {}

  /**
   * An entry of the used ring.
   *
   * @param head the chain's first descriptor
   * @param written bytes that the device says it wrote
   */
  public record Used(int head, int written) {}

  private final GuestMemory memory;
  private final QueueConfig config;
  private final boolean[] busy;
  private final List<List<Integer>> chains = new ArrayList<>();
  private long free;
  private int available;
  private int seenUsed;

  /**
   * @param base a multiple of 4096 in RAM
   * @param size a power of two
   */
  public DriverQueue(GuestMemory memory, long base, int size) {
    this.memory = memory;
    long driverArea = base + 16L * size;
    long deviceArea = align(driverArea + 6 + 2L * size, 4);
    config = new QueueConfig(size, base, driverArea, deviceArea);
    free = align(deviceArea + 6 + 8L * size, 4096);
    busy = new boolean[size];
    for (int i = 0; i < size; i++) {
      chains.add(List.of());
    }
    memory.write(base, new byte[(int) (free - base)]);
  }

  /** Where everything is, for the device. */
  public QueueConfig config() {
    return config;
  }

  /** The guest's RAM. */
  public GuestMemory memory() {
    return memory;
  }

  /** The device's side of this queue, with number 0, from its start. */
  public VirtQueue device(long features, Runnable interrupt) {
    return new VirtQueue(memory, 0, config, features, QueuePosition.START, interrupt::run);
  }

  /** Takes fresh RAM, aligned to 16. */
  public long allocate(int bytes) {
    long gpa = free;
    free = align(free + bytes, 16);
    return gpa;
  }

  /** A buffer with these bytes, for the device to read. */
  public Buffer readable(byte[] bytes) {
    long gpa = allocate(bytes.length);
    memory.write(gpa, bytes);
    return new Buffer(gpa, bytes.length, false);
  }

  /** A buffer with this text, for the device to read. */
  public Buffer readable(String text) {
    return readable(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A buffer of zeros for the device to write. */
  public Buffer writable(int bytes) {
    return new Buffer(allocate(bytes), bytes, true);
  }

  /** What is in a buffer now. */
  public byte[] bytes(Buffer buffer) {
    byte[] bytes = new byte[buffer.length()];
    memory.read(buffer.gpa(), bytes, 0, bytes.length);
    return bytes;
  }

  /**
   * Makes a request available, one descriptor a buffer.
   *
   * @return its head
   * @throws IllegalStateException if there are not enough free descriptors
   */
  public int add(Buffer... buffers) {
    int head = prepare(buffers);
    offer(head);
    return head;
  }

  /** Lays a request out in the descriptor table without making it available. */
  public int prepare(Buffer... buffers) {
    List<Integer> slots = takeSlots(buffers.length);
    for (int i = 0; i < buffers.length; i++) {
      boolean last = i == buffers.length - 1;
      descriptor(slots.get(i), buffers[i], last ? 0 : NEXT, last ? 0 : slots.get(i + 1));
    }
    return slots.get(0);
  }

  /** Makes a request available whose descriptors are all in an indirect table. */
  public int addIndirect(Buffer... buffers) {
    return addIndirect(new Buffer[0], buffers);
  }

  /** Makes a request available: some descriptors in the queue, the others in an indirect table. */
  public int addIndirect(Buffer[] direct, Buffer[] buffers) {
    long table = allocate(16 * buffers.length);
    for (int i = 0; i < buffers.length; i++) {
      boolean last = i == buffers.length - 1;
      int flags = (buffers[i].write() ? WRITE : 0) | (last ? 0 : NEXT);
      descriptorAt(table + 16L * i, buffers[i].gpa(), buffers[i].length(), flags, i + 1);
    }
    List<Integer> slots = takeSlots(direct.length + 1);
    for (int i = 0; i < direct.length; i++) {
      descriptor(slots.get(i), direct[i], NEXT, slots.get(i + 1));
    }
    descriptor(slots.get(direct.length), table, 16 * buffers.length, INDIRECT, 0);
    offer(slots.get(0));
    return slots.get(0);
  }

  private List<Integer> takeSlots(int count) {
    List<Integer> slots = new ArrayList<>();
    for (int i = 0; i < busy.length && slots.size() < count; i++) {
      if (!busy[i]) {
        slots.add(i);
      }
    }
    if (slots.size() < count) {
      throw new IllegalStateException("no " + count + " free descriptors");
    }
    slots.forEach(slot -> busy[slot] = true);
    chains.set(slots.get(0), slots);
    return slots;
  }

  private void descriptor(int slot, Buffer buffer, int flags, int next) {
    int write = buffer.write() ? WRITE : 0;
    descriptor(slot, buffer.gpa(), buffer.length(), flags | write, next);
  }

  /** Writes a descriptor, whatever its sense. */
  public void descriptor(int slot, long gpa, int length, int flags, int next) {
    descriptorAt(config.descriptorArea() + 16L * slot, gpa, length, flags, next);
  }

  /** Writes a descriptor anywhere, such as in an indirect table. */
  public void descriptorAt(long at, long gpa, int length, int flags, int next) {
    memory.writeLong(at, gpa);
    memory.writeInt(at + 8, length);
    memory.writeShort(at + 12, (short) flags);
    memory.writeShort(at + 14, (short) next);
  }

  /** Makes a head available, whatever its sense. */
  public void offer(int head) {
    long slot = config.driverArea() + 4 + 2L * (available % config.size());
    memory.writeShort(slot, (short) head);
    available = (available + 1) & 0xffff;
    availableIndex(available);
  }

  /** Writes the available index, whatever its sense. */
  public void availableIndex(int index) {
    memory.writeShortRelease(config.driverArea() + 2, (short) index);
  }

  /** Sets or clears VIRTQ_AVAIL_F_NO_INTERRUPT. */
  public void noInterrupt(boolean value) {
    memory.writeShort(config.driverArea(), (short) (value ? 1 : 0));
  }

  /** Sets used_event: an interrupt is wanted when the used index passes it. */
  public void usedEvent(int index) {
    memory.writeShort(config.driverArea() + 4 + 2L * config.size(), (short) index);
  }

  /** What the device wrote to avail_event. */
  public int availableEvent() {
    return memory.readShort(config.deviceArea() + 4 + 8L * config.size()) & 0xffff;
  }

  /** Whether the device set VIRTQ_USED_F_NO_NOTIFY. */
  public boolean noNotify() {
    return (memory.readShort(config.deviceArea()) & 1) != 0;
  }

  /** The used index. */
  public int usedIndex() {
    return memory.readShortAcquire(config.deviceArea() + 2) & 0xffff;
  }

  /** Takes the next entry of the used ring and frees its descriptors; null if there is none. */
  public @Nullable Used poll() {
    if (usedIndex() == seenUsed) {
      return null;
    }
    long slot = config.deviceArea() + 4 + 8L * (seenUsed % config.size());
    Used used = new Used(memory.readInt(slot), memory.readInt(slot + 4));
    seenUsed = (seenUsed + 1) & 0xffff;
    if (used.head() < 0 || used.head() >= config.size()) {
      throw new AssertionError("head of no request: " + used);
    }
    chains.get(used.head()).forEach(slot2 -> busy[slot2] = false);
    chains.set(used.head(), List.of());
    return used;
  }

  /** The next entry of the used ring. */
  public Used take() {
    Used used = poll();
    if (used == null) {
      throw new AssertionError("nothing used, index is " + usedIndex());
    }
    return used;
  }

  /** Waits for the next entry of the used ring, for devices with threads. */
  public Used await() {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (System.nanoTime() < deadline) {
      Used used = poll();
      if (used != null) {
        return used;
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("nothing used within a minute, index is " + usedIndex());
  }

  private static long align(long value, long to) {
    return (value + to - 1) & -to;
  }
}
