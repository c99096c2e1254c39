package dev.javisor.internal.virtio.net;

import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.net.NetPort;
import dev.javisor.internal.net.ReceiveRoom;
import dev.javisor.internal.virtio.BrokenDriverException;
import dev.javisor.internal.virtio.BufferList;
import dev.javisor.internal.virtio.DescriptorChain;
import dev.javisor.internal.virtio.VirtQueue;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The driver's next buffers to receive into, taken from its queue before there is a frame: a frame
 * goes into the first of them, and those that it leaves stay for the next one.
 *
 * <p>Threading: one thread at a time.
 */
final class ReceiveWindow implements ReceiveRoom {
  /** One entry is left for what a port adds. */
  private static final int MOST_PIECES = IoVector.MAX_CAPACITY - 1;

  private final VirtQueue queue;
  private final boolean mergeable;
  private final IoVector vector = new IoVector(IoVector.MAX_CAPACITY);
  private final @Nullable DescriptorChain[] chains;
  private final long[] room;
  private int first;
  private int count;
  private boolean full;

  /**
   * @param mergeable whether a frame may take several buffers
   */
  ReceiveWindow(VirtQueue queue, boolean mergeable) {
    this.queue = queue;
    this.mergeable = mergeable;
    chains = new DescriptorChain[queue.size()];
    room = new long[queue.size()];
  }

  /**
   * Takes buffers from the queue until there is room for this much.
   *
   * @return whether it took any
   * @throws BrokenDriverException if there is no room for a header in one
   */
  boolean fill(long wanted) {
    boolean grew = false;
    full = !mergeable && count > 0;
    while (vector.bytes() < wanted && !full) {
      DescriptorChain chain = queue.pop();
      if (chain == null) {
        break;
      }
      if (chain.writable().bytes() < NetPort.HEADER) {
        throw new BrokenDriverException(
            "a buffer of %d bytes to receive into".formatted(chain.writable().bytes()));
      }
      grew |= add(chain);
    }
    return grew;
  }

  private boolean add(DescriptorChain chain) {
    BufferList buffers = chain.writable();
    if (vector.count() + buffers.count() > MOST_PIECES) {
      // Entries that were used up still take room in the vector.
      rebuild();
    }
    if (vector.count() + buffers.count() > MOST_PIECES && count > 0) {
      queue.undoPop(chain);
      full = true;
      return false;
    }
    long before = vector.bytes();
    if (!buffers.addTo(vector, 0, buffers.bytes())) {
      rebuild();
      before = vector.bytes();
      buffers.addTo(vector, 0, buffers.bytes());
    }
    int at = at(count);
    chains[at] = chain;
    room[at] = vector.bytes() - before;
    count++;
    full = !mergeable;
    return true;
  }

  private void rebuild() {
    vector.clear();
    for (int i = 0; i < count; i++) {
      DescriptorChain chain = chain(i);
      chain.writable().addTo(vector, 0, room[at(i)]);
    }
  }

  /** Whether it holds no buffer. */
  boolean isEmpty() {
    return count == 0;
  }

  /** Whether more buffers would find no place, however many the driver has. */
  boolean isFull() {
    return full;
  }

  /** The first byte of the header that was just received. */
  int flags() {
    return chain(0).writable().readByte(0) & 0xff;
  }

  /** The second byte of it. */
  int gso() {
    return chain(0).writable().readByte(1) & 0xff;
  }

  /**
   * Gives the driver the buffers that a frame lies in. It sees them after the queue's next flush.
   *
   * @param length of header and frame, all of it in here
   */
  void push(long length) {
    int used = 0;
    for (long left = length; left > 0; used++) {
      left -= room[at(used)];
    }
    BufferList header = chain(0).writable();
    header.writeByte(FrameHeader.NUM_BUFFERS, (byte) used);
    header.writeByte(FrameHeader.NUM_BUFFERS + 1, (byte) (used >>> 8));
    long left = length;
    for (int i = 0; i < used; i++) {
      int at = at(0);
      queue.push(chain(0), Math.min(left, room[at]));
      left -= room[at];
      vector.advance(room[at]);
      chains[at] = null;
      first = at(1);
      count--;
    }
  }

  /** Gives all buffers back to the queue, as though they had not been taken. */
  void undo() {
    while (count > 0) {
      count--;
      int at = at(count);
      DescriptorChain chain = chains[at];
      chains[at] = null;
      if (chain != null) {
        queue.undoPop(chain);
      }
    }
    first = 0;
    vector.clear();
  }

  @Override
  public long bytes() {
    return vector.bytes();
  }

  @Override
  public IoVector vector() {
    return vector;
  }

  @Override
  public void write(long offset, ByteBuffer source) {
    int limit = source.limit();
    for (int i = 0; source.position() < limit; i++) {
      long here = room[at(i)];
      if (offset >= here) {
        offset -= here;
        continue;
      }
      int chunk = (int) Math.min(limit - source.position(), here - offset);
      source.limit(source.position() + chunk);
      chain(i).writable().write(offset, source);
      source.limit(limit);
      offset = 0;
    }
  }

  private int at(int index) {
    return (first + index) & (chains.length - 1);
  }

  private DescriptorChain chain(int index) {
    DescriptorChain chain = chains[at(index)];
    if (chain == null) {
      throw new IllegalStateException("buffer %d of %d".formatted(index, count));
    }
    return chain;
  }
}
