package dev.javisor.internal.net.tcp;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The memory of all connections, in pieces of equal size. What came out of order gets less of it
 * than what is to be sent, and that less than what came in order: so that the last of these, which
 * alone can always be read away, goes on while a guest fills the rest. Where guests share it, each
 * gets one more piece while it has fewer than are free: one that takes all it can get has half.
 */
final class ChunkPool {
  /** Bytes of a piece. */
  static final int CHUNK = 16 << 10;

  /** What a piece is for. */
  enum Use {
    AHEAD,
    SEND,
    RECEIVE
  }

  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
  private final int limit;
  private final @Nullable ChunkPool whole;
  private int used;

  ChunkPool(long bytes) {
    limit = (int) Math.min(Integer.MAX_VALUE, bytes / CHUNK);
    whole = null;
  }

  private ChunkPool(ChunkPool whole) {
    limit = whole.limit;
    this.whole = whole;
  }

  /** What one of several guests takes of it. */
  ChunkPool share() {
    return new ChunkPool(this);
  }

  /** A piece, of which all remains; null if there is no memory for this use. */
  @Nullable ByteBuffer take(Use use) {
    if (!has(use)) {
      return null;
    }
    ByteBuffer chunk = whole != null ? whole.take(use) : free.pollLast();
    if (chunk == null && whole == null) {
      try {
        chunk = ByteBuffer.allocateDirect(CHUNK);
      } catch (OutOfMemoryError e) {
        // The JVM's limit of direct memory is smaller than ours; what it has is shared by others.
        return null;
      }
    }
    if (chunk != null) {
      used++;
    }
    return chunk;
  }

  /** Whether there is memory for a use. */
  boolean has(Use use) {
    return used < (whole == null ? limit(use) : limit(use) - whole.used);
  }

  private int limit(Use use) {
    return switch (use) {
      case AHEAD -> limit / 2;
      case SEND -> limit - limit / 4;
      case RECEIVE -> limit;
    };
  }

  /** Whether windows must shrink. */
  boolean tight() {
    return !has(Use.SEND);
  }

  void release(ByteBuffer chunk) {
    used--;
    if (whole != null) {
      whole.release(chunk);
      return;
    }
    // A quarter stays for the next burst; a quiet stack gives the rest back to the JVM.
    if (free.size() < Math.max(used, limit / 4)) {
      free.addLast(chunk);
    }
  }

  /** Bytes that are in use. */
  long usedBytes() {
    return (long) used * CHUNK;
  }
}
