package dev.javisor.backend;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** A disk in the heap, in chunks that are there once they are written. */
final class MemoryDisk implements BlockBackend {
  private static final int CHUNK = 1 << 20;
  private static final long MOST = 1L << 40;
  private static final byte[] ZEROS = new byte[CHUNK];

  private final long size;
  private final AtomicReferenceArray<byte[]> chunks;

  MemoryDisk(long size) {
    if (size <= 0 || size % 512 != 0 || size > MOST) {
      throw new IllegalArgumentException(
          "a disk of %d bytes: expected a multiple of 512, from 512 to 1 TiB".formatted(size));
    }
    this.size = size;
    chunks = new AtomicReferenceArray<>((int) ((size + CHUNK - 1) / CHUNK));
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean discards() {
    return true;
  }

  @Override
  public String description() {
    return "in-memory disk of %d bytes".formatted(size);
  }

  @Override
  public void submit(BlockRequest request) {
    BlockOperation operation = request.operation();
    long end = request.offset() + request.length();
    for (long at = request.offset(); at < end; ) {
      int start = (int) (at % CHUNK);
      int length = (int) Math.min(CHUNK - start, end - at);
      long position = at - request.offset();
      switch (operation) {
        case READ -> request.copyFrom(position, forReading(at), start, length);
        case WRITE -> request.copyTo(position, forWriting(at), start, length);
        case DISCARD, WRITE_ZEROES -> zero(at, start, length);
        case FLUSH -> {}
      }
      at += length;
    }
    request.complete(BlockStatus.OK);
  }

  private byte[] forReading(long at) {
    byte[] chunk = chunks.get((int) (at / CHUNK));
    return chunk == null ? ZEROS : chunk;
  }

  private byte[] forWriting(long at) {
    int index = (int) (at / CHUNK);
    byte[] chunk = chunks.get(index);
    if (chunk != null) {
      return chunk;
    }
    byte[] fresh = new byte[CHUNK];
    // Another queue may have made it just now.
    byte[] there = chunks.compareAndExchange(index, null, fresh);
    return there == null ? fresh : there;
  }

  private void zero(long at, int start, int length) {
    int index = (int) (at / CHUNK);
    byte[] chunk = chunks.get(index);
    if (chunk == null) {
      return;
    }
    if (length == CHUNK) {
      chunks.compareAndSet(index, chunk, null);
    } else {
      Arrays.fill(chunk, start, start + length, (byte) 0);
    }
  }
}
