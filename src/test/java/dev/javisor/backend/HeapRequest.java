package dev.javisor.backend;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A request whose buffers are no guest's. */
public final class HeapRequest implements BlockRequest {
  private final BlockOperation operation;
  private final long offset;
  private final long length;
  private final ByteBuffer bytes;
  private final int[] cuts;
  @Nullable BlockStatus status;
  @Nullable Throwable reason;

  private HeapRequest(
      BlockOperation operation, long offset, long length, ByteBuffer bytes, int... cuts) {
    this.operation = operation;
    this.offset = offset;
    this.length = length;
    this.bytes = bytes;
    this.cuts = cuts;
  }

  /** A write of these bytes, in buffers of these lengths. */
  static HeapRequest write(long offset, byte[] content, int... lengths) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(content.length).put(0, content);
    int[] cuts = lengths.length == 0 ? new int[] {content.length} : lengths;
    return new HeapRequest(BlockOperation.WRITE, offset, content.length, bytes, cuts);
  }

  static HeapRequest of(BlockOperation operation, long offset, long length) {
    return new HeapRequest(operation, offset, length, ByteBuffer.allocateDirect(0));
  }

  /** Reads from a disk, in buffers of these lengths. */
  public static byte[] read(BlockBackend disk, long offset, int... lengths) {
    int length = 0;
    for (int part : lengths) {
      length += part;
    }
    ByteBuffer bytes = ByteBuffer.allocateDirect(length);
    HeapRequest request = new HeapRequest(BlockOperation.READ, offset, length, bytes, lengths);
    request.submitTo(disk);
    if (request.status != BlockStatus.OK) {
      throw new AssertionError(String.valueOf(request.status), request.reason);
    }
    byte[] content = new byte[length];
    bytes.get(0, content);
    return content;
  }

  BlockStatus submitTo(BlockBackend disk) {
    disk.submit(this);
    return status;
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
    return 0;
  }

  @Override
  public boolean mayUnmap() {
    return true;
  }

  @Override
  public int bufferCount() {
    return cuts.length;
  }

  @Override
  public ByteBuffer buffer(int index) {
    int start = 0;
    for (int i = 0; i < index; i++) {
      start += cuts[i];
    }
    return bytes.slice(start, cuts[index]);
  }

  @Override
  public void copyTo(long position, byte[] target, int start, int length) {
    bytes.get((int) position, target, start, length);
  }

  @Override
  public void copyTo(long position, ByteBuffer target) {
    target.put(bytes.slice((int) position, target.remaining()));
  }

  @Override
  public void copyFrom(long position, byte[] source, int start, int length) {
    bytes.put((int) position, source, start, length);
  }

  @Override
  public void copyFrom(long position, ByteBuffer source) {
    bytes.slice((int) position, source.remaining()).put(source);
  }

  @Override
  public void complete(BlockStatus status) {
    this.status = status;
  }

  @Override
  public void fail(Throwable reason) {
    this.reason = reason;
    status = BlockStatus.IOERR;
  }
}
