package dev.javisor.internal.net.tcp;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A window of a stream of bytes, in pieces of the pool that are there only where bytes are. Offsets
 * count from the stream's start. Holds nothing when empty.
 */
final class ChunkBuffer {
  private static final int CHUNK = ChunkPool.CHUNK;
  private static final @Nullable ByteBuffer[] NONE = new ByteBuffer[0];

  private final ChunkPool pool;
  private final int slots;
  private @Nullable ByteBuffer[] chunks = NONE;
  private long start;
  private long end;

  /**
   * @param capacity the most bytes between the start and the last one put
   * @param start offset of the first byte to come
   */
  ChunkBuffer(ChunkPool pool, int capacity, long start) {
    this.pool = pool;
    this.start = start;
    this.end = start;
    slots = Integer.highestOneBit(capacity / CHUNK + 1) * 2;
  }

  /** Whether the pool has memory for what is to be sent. */
  boolean hasMemory() {
    return pool.has(ChunkPool.Use.SEND);
  }

  /** Offset of the first byte that is kept. */
  long start() {
    return start;
  }

  /** Offset after the last byte that was appended. */
  long end() {
    return end;
  }

  /** Bytes in a row from the start. */
  int held() {
    return (int) (end - start);
  }

  /** The end moves on: bytes that were put there are in a row now. */
  void extendTo(long offset) {
    end = offset;
  }

  /**
   * Puts a part of a segment at an offset, in a row or ahead of it.
   *
   * @return how many bytes there was memory for
   */
  int put(long offset, SegmentSource source, int from, int length, ChunkPool.Use use) {
    int done = 0;
    while (done < length) {
      ByteBuffer chunk = chunkAt(offset + done, use);
      if (chunk == null) {
        break;
      }
      int at = (int) ((offset + done) % CHUNK);
      int part = Math.min(length - done, CHUNK - at);
      source.copyTo(from + done, chunk.limit(at + part).position(at));
      done += part;
    }
    return done;
  }

  /**
   * Appends bytes.
   *
   * @param most bytes to take
   * @return how many there was memory for
   */
  int append(ByteBuffer source, int most) {
    int limit = source.limit();
    int left = Math.min(most, source.remaining());
    int done = 0;
    while (done < left) {
      ByteBuffer chunk = chunkAt(end, ChunkPool.Use.SEND);
      if (chunk == null) {
        break;
      }
      int at = (int) (end % CHUNK);
      int part = Math.min(left - done, CHUNK - at);
      source.limit(source.position() + part);
      chunk.limit(at + part).position(at).put(source);
      source.limit(limit);
      done += part;
      end += part;
    }
    return done;
  }

  /** Takes bytes from the start. */
  int take(ByteBuffer target) {
    int done = 0;
    int wanted = Math.min(held(), target.remaining());
    while (done < wanted) {
      int at = (int) (start % CHUNK);
      int part = Math.min(wanted - done, CHUNK - at);
      target.put(present(start).limit(at + part).position(at));
      done += part;
      discardTo(start + part);
    }
    return done;
  }

  /**
   * Makes room behind the end, for somebody who fills it and says so by {@link #filled}.
   *
   * @param most bytes
   * @param out gets the pieces, each with what is to be filled remaining
   * @return how many pieces
   */
  int reserve(int most, @Nullable ByteBuffer[] out) {
    int count = 0;
    long offset = end;
    long last = end + most;
    while (offset < last && count < out.length) {
      ByteBuffer chunk = chunkAt(offset, ChunkPool.Use.SEND);
      if (chunk == null) {
        break;
      }
      int at = (int) (offset % CHUNK);
      int part = (int) Math.min(last - offset, CHUNK - at);
      out[count++] = chunk.limit(at + part).position(at);
      offset += part;
    }
    return count;
  }

  /** Ends {@link #reserve}: so many bytes were filled, and the pieces behind them go back. */
  void filled(int bytes, int reserved) {
    long from = end;
    end += bytes;
    long kept = end == start || end % CHUNK == 0 ? end / CHUNK : end / CHUNK + 1;
    for (long chunk = kept; chunk <= (from + reserved) / CHUNK; chunk++) {
      release(chunk);
    }
  }

  /**
   * Shows a part.
   *
   * @param offset of the first byte
   * @param length in bytes
   * @param out gets the pieces, each with its bytes remaining
   * @return how many pieces
   */
  int slices(long offset, int length, @Nullable ByteBuffer[] out) {
    int count = 0;
    int done = 0;
    while (done < length && count < out.length) {
      int at = (int) ((offset + done) % CHUNK);
      int part = Math.min(length - done, CHUNK - at);
      out[count++] = present(offset + done).limit(at + part).position(at);
      done += part;
    }
    return count;
  }

  /** Forgets the bytes in front of an offset that is not behind the end. */
  void discardTo(long offset) {
    long last = offset / CHUNK;
    for (long chunk = start / CHUNK; chunk < last; chunk++) {
      release(chunk);
    }
    start = offset;
  }

  /** Gives the piece at the end back, if nothing is in it: not in a row, and not ahead. */
  void trim(boolean nothingAhead) {
    if (nothingAhead && start == end) {
      release(start / CHUNK);
    }
  }

  /** Gives all memory back; the offsets stay. */
  void clear() {
    for (int i = 0; i < chunks.length; i++) {
      ByteBuffer chunk = chunks[i];
      if (chunk != null) {
        pool.release(chunk);
      }
    }
    chunks = NONE;
    start = end;
  }

  private @Nullable ByteBuffer chunkAt(long offset, ChunkPool.Use use) {
    if (chunks.length == 0) {
      chunks = new ByteBuffer[slots];
    }
    int slot = slot(offset / CHUNK);
    ByteBuffer chunk = chunks[slot];
    if (chunk == null) {
      chunk = pool.take(use);
      chunks[slot] = chunk;
    }
    return chunk;
  }

  private ByteBuffer present(long offset) {
    ByteBuffer chunk = chunks[slot(offset / CHUNK)];
    if (chunk == null) {
      throw new IllegalStateException("no bytes at " + offset);
    }
    return chunk;
  }

  private void release(long index) {
    if (chunks.length == 0) {
      return;
    }
    int slot = slot(index);
    ByteBuffer chunk = chunks[slot];
    if (chunk != null) {
      chunks[slot] = null;
      pool.release(chunk);
    }
  }

  private int slot(long index) {
    return (int) index & (slots - 1);
  }
}
