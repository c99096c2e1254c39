package dev.javisor.internal.virtio;

import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.IoVector;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A request of a driver: buffers that the device reads, and buffers that it writes. Which buffers,
 * was copied and checked when it was popped: all of them are RAM. What is in them the driver may
 * change at any time, so read a value once.
 *
 * <p>The same object serves each request with the same head, one after the other.
 *
 * <p>Threading: one thread at a time, from {@link VirtQueue#pop} to {@link VirtQueue#push}.
 */
public final class DescriptorChain {
  private static final VarHandle TAKEN;

  static {
    try {
      TAKEN = MethodHandles.lookup().findVarHandle(DescriptorChain.class, "taken", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final DescriptorReader reader;
  private final int head;
  private final BufferList readable;
  private final BufferList writable;

  @SuppressWarnings("UnusedVariable") // TAKEN is the way to it.
  private boolean taken;

  DescriptorChain(GuestMemory memory, long table, int queueSize, int head, boolean indirect) {
    this.head = head;
    readable = new BufferList(memory);
    writable = new BufferList(memory);
    reader = new DescriptorReader(memory, table, queueSize, indirect, readable, writable);
  }

  /** Reads the chain from the descriptor table; on return it is taken. */
  void load() {
    reader.read(head);
    TAKEN.setRelease(this, true);
  }

  boolean taken() {
    return (boolean) TAKEN.getAcquire(this);
  }

  void release() {
    TAKEN.setRelease(this, false);
  }

  /** The index of its first descriptor, 0 to the queue's size; unique among those under way. */
  public int head() {
    return head;
  }

  /** What the device reads: commands, data to send. */
  public BufferList readable() {
    return readable;
  }

  /** What the device writes: answers, data that was received. */
  public BufferList writable() {
    return writable;
  }

  /**
   * Adds a stretch of the device-writable part to a vector, for a system call that fills it.
   *
   * @return false if the vector has no room
   * @throws BrokenDriverException if the part is shorter than that
   */
  public boolean addWritable(IoVector vector, long offset, long length) {
    return writable.addTo(vector, offset, length);
  }

  /**
   * Adds a stretch of the device-readable part to a vector, for a system call that takes from it.
   *
   * @return false if the vector has no room
   * @throws BrokenDriverException if the part is shorter than that
   */
  public boolean addReadable(IoVector vector, long offset, long length) {
    return readable.addTo(vector, offset, length);
  }

  @Override
  public String toString() {
    return "DescriptorChain[%d, readable %d, writable %d bytes]"
        .formatted(head, readable.bytes(), writable.bytes());
  }
}
