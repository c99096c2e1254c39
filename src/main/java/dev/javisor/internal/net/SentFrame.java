package dev.javisor.internal.net;

import dev.javisor.backend.NetFrame;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.virtio.BufferList;
import dev.javisor.internal.virtio.GuestBuffers;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A pooled frame that a guest sends. Its owner fills it, hands it to a {@link NetSender}, and gets
 * it back by {@link Owner#sent}.
 *
 * <p>Threading: as {@link NetFrame}; {@link #complete} may come from any thread.
 */
public final class SentFrame implements OffloadedFrame {
  private static final VarHandle LENT;
  private static final int FIRST_PIECES = 4;
  private static final int NEEDS_CHECKSUM = 1;

  static {
    try {
      LENT = MethodHandles.lookup().findVarHandle(SentFrame.class, "lent", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Who a frame belongs to. */
  @FunctionalInterface
  public interface Owner {
    /**
     * Takes the frame back.
     *
     * @param dropped whether it is known to have got nowhere
     */
    void sent(SentFrame frame, boolean dropped);
  }

  private final int pair;
  private final Owner owner;
  private final GuestBuffers buffers;
  private IoVector vector = new IoVector(FIRST_PIECES);
  private @Nullable BufferList list;
  private int length;
  private volatile boolean abandoned;

  @Nullable BackendSender lender;
  @Nullable SentFrame next;

  @SuppressWarnings("UnusedVariable") // by LENT
  private boolean lent;

  /**
   * @param pair of queues, from 0
   */
  public SentFrame(GuestMemory memory, int pair, Owner owner) {
    this.pair = pair;
    this.owner = owner;
    buffers = new GuestBuffers(memory);
  }

  /**
   * Takes a frame.
   *
   * @param list the header and the frame
   */
  public void set(BufferList list) {
    this.list = list;
    length = (int) (list.bytes() - NetPort.HEADER);
    buffers.set(list, NetPort.HEADER, length);
    vector.clear();
    if (!list.addTo(vector, 0, list.bytes())) {
      // Kept for later frames; the queue bounds the number of buffers.
      vector = new IoVector(Math.min(IoVector.MAX_CAPACITY, list.count()));
      list.addTo(vector, 0, list.bytes());
    }
  }

  @Override
  public boolean needsChecksum() {
    BufferList all = list;
    return all != null && (all.readByte(0) & NEEDS_CHECKSUM) != 0;
  }

  /** The header and the frame in the guest's RAM. */
  public IoVector vector() {
    return vector;
  }

  /** Gives it back to its owner: for those who send it on the queue's own thread. */
  public void end(boolean dropped) {
    owner.sent(this, dropped);
  }

  /** Lends it to a user's backend. */
  void lend(BackendSender to) {
    lender = to;
    LENT.setVolatile(this, true);
  }

  /** Takes it away from a user's backend; false if that has given it back. */
  boolean takeBack() {
    return LENT.compareAndSet(this, true, false);
  }

  /** Nobody waits for it any more: what a backend does with it from here on, does nothing. */
  void abandon() {
    abandoned = true;
    takeBack();
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public int queue() {
    return pair;
  }

  @Override
  public int bufferCount() {
    return buffers.count();
  }

  @Override
  public ByteBuffer buffer(int index) {
    return buffers.buffer(index);
  }

  @Override
  public void copyTo(int position, ByteBuffer target) {
    buffers.copyTo(position, target);
  }

  @Override
  public void complete() {
    BackendSender told = lender;
    if (abandoned) {
      return;
    }
    if (told == null || !takeBack()) {
      throw new IllegalStateException("the frame was given back already");
    }
    told.ended(this);
  }

  @Override
  public String toString() {
    return "frame of %d bytes".formatted(length);
  }
}
