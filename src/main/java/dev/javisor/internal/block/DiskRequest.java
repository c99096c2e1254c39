package dev.javisor.internal.block;

import dev.javisor.backend.BlockOperation;
import dev.javisor.backend.BlockRequest;
import dev.javisor.backend.BlockStatus;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.virtio.BufferList;
import dev.javisor.internal.virtio.GuestBuffers;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A pooled request. Its owner fills it, hands it to a {@link DiskQueue}, and gets it back by {@link
 * Owner#completed}.
 *
 * <p>Threading: as {@link BlockRequest}; {@link #complete} may come from any thread.
 */
public final class DiskRequest implements BlockRequest {
  private static final VarHandle UNDER_WAY;
  private static final int FIRST_PIECES = 8;

  static {
    try {
      UNDER_WAY =
          MethodHandles.lookup().findVarHandle(DiskRequest.class, "underWay", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Who a request belongs to. */
  @FunctionalInterface
  public interface Owner {
    /** Takes the request back. */
    void completed(DiskRequest request);
  }

  /** Who is told when a user's backend ends a request. */
  interface Ending {
    void ended(DiskRequest request, @Nullable Throwable reason);
  }

  private final int queue;
  private final Owner owner;
  private final GuestBuffers buffers;
  private IoVector vector = new IoVector(FIRST_PIECES);
  private BlockOperation operation = BlockOperation.FLUSH;
  private long offset;
  private long length;
  private boolean mayUnmap;
  private BlockStatus status = BlockStatus.OK;
  private long startNanos;

  @Nullable Ending ending;
  @Nullable DiskRequest next;

  @SuppressWarnings("UnusedVariable") // by UNDER_WAY
  private boolean underWay;

  /**
   * @param queue of the device, from 0
   */
  public DiskRequest(GuestMemory memory, int queue, Owner owner) {
    this.queue = queue;
    this.owner = owner;
    buffers = new GuestBuffers(memory);
  }

  /**
   * Makes it a READ or WRITE.
   *
   * @param write whether it is a WRITE
   * @param offset on the disk, in bytes
   * @param list the guest's buffers
   * @param start where in them the data starts
   * @param length of the data in bytes
   */
  public void transfer(boolean write, long offset, BufferList list, long start, long length) {
    set(write ? BlockOperation.WRITE : BlockOperation.READ, offset, length);
    buffers.set(list, start, length);
    vector.clear();
    if (!list.addTo(vector, start, length)) {
      // Kept for later requests; the queue bounds the number of buffers.
      vector = new IoVector(Math.min(IoVector.MAX_CAPACITY, list.count()));
      list.addTo(vector, start, length);
    }
  }

  /** Makes it a FLUSH. */
  public void flush() {
    set(BlockOperation.FLUSH, 0, 0);
  }

  /** Makes it a DISCARD of a range in bytes. */
  public void discard(long offset, long length) {
    set(BlockOperation.DISCARD, offset, length);
  }

  /** Makes it a WRITE_ZEROES of a range in bytes. */
  public void writeZeroes(long offset, long length, boolean mayUnmap) {
    set(BlockOperation.WRITE_ZEROES, offset, length);
    this.mayUnmap = mayUnmap;
  }

  /** The data's pieces of host memory; those that were transferred may be taken away. */
  public IoVector vector() {
    return vector;
  }

  /** How it ended. */
  public BlockStatus status() {
    return status;
  }

  /** When its owner started it, by a clock of the owner's choice. */
  public long startNanos() {
    return startNanos;
  }

  /** Keeps when it was started. */
  public void started(long nanos) {
    startNanos = nanos;
  }

  /** Gives it back to its owner: for those who carry requests out on the queue's own thread. */
  public void end(BlockStatus status) {
    this.status = status;
    owner.completed(this);
  }

  /** Gives it back to its owner with the status it has. */
  void end() {
    end(status);
  }

  /** Keeps the guest's buffers mapped for as long as this object is reachable. */
  public void keepMemory() {
    buffers.count();
  }

  /** Lends it to a user's backend. */
  void lend(Ending ending) {
    this.ending = ending;
    UNDER_WAY.setVolatile(this, true);
  }

  /** Takes it away from a user's backend: what that does with it from here on, does nothing. */
  boolean takeBack() {
    return UNDER_WAY.compareAndSet(this, true, false);
  }

  /** Notes a failure, without telling anybody. */
  void failed() {
    status = BlockStatus.IOERR;
  }

  @Override
  public BlockOperation operation() {
    return operation;
  }

  @Override
  public long offset() {
    return offset;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public int queue() {
    return queue;
  }

  @Override
  public boolean mayUnmap() {
    return mayUnmap;
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
  public void copyTo(long position, byte[] target, int start, int length) {
    buffers.copyTo(position, ByteBuffer.wrap(target, start, length));
  }

  @Override
  public void copyTo(long position, ByteBuffer target) {
    buffers.copyTo(position, target);
  }

  @Override
  public void copyFrom(long position, byte[] source, int start, int length) {
    buffers.copyFrom(position, ByteBuffer.wrap(source, start, length));
  }

  @Override
  public void copyFrom(long position, ByteBuffer source) {
    buffers.copyFrom(position, source);
  }

  @Override
  public void complete(BlockStatus status) {
    ended(status, null);
  }

  @Override
  public void fail(Throwable reason) {
    ended(BlockStatus.IOERR, reason);
  }

  @Override
  public String toString() {
    return operation == BlockOperation.FLUSH
        ? "flush"
        : "%s of %d bytes at %d".formatted(name(), length, offset);
  }

  private String name() {
    return switch (operation) {
      case READ -> "read";
      case WRITE -> "write";
      case FLUSH -> "flush";
      case DISCARD -> "discard";
      case WRITE_ZEROES -> "zeroing";
    };
  }

  private void set(BlockOperation operation, long offset, long length) {
    this.operation = operation;
    this.offset = offset;
    this.length = length;
    mayUnmap = false;
    buffers.clear();
  }

  private void ended(BlockStatus status, @Nullable Throwable reason) {
    Ending told = ending;
    if (told == null || !takeBack()) {
      throw new IllegalStateException("the request is complete already");
    }
    this.status = status;
    told.ended(this, reason);
  }
}
