package dev.javisor.internal.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChunkBufferTest {
  private static final int CHUNK = ChunkPool.CHUNK;
  private static final int CAPACITY = 100_000;

  private final ChunkPool pool = new ChunkPool(64L * CHUNK);
  private final ChunkBuffer buffer = new ChunkBuffer(pool, CAPACITY, 1);

  private static ByteBuffer bytes(long from, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      bytes.put(TcpScript.pattern(from + bytes.position()));
    }
    return bytes.flip();
  }

  @Test
  void shouldGiveWhatItWasGiven_whateverTheSizes() {
    SplittableRandom random = new SplittableRandom(3);
    long written = 1;
    long read = 1;
    while (read < 5_000_000) {
      int room = CAPACITY - buffer.held();
      written += buffer.append(bytes(written, random.nextInt(50_000)), room);
      ByteBuffer target = ByteBuffer.allocate(random.nextInt(60_000));
      int done = buffer.take(target);
      buffer.trim(true);
      assertEquals(bytes(read, done), target.flip());
      read += done;
      assertTrue(pool.usedBytes() <= buffer.held() + 2L * CHUNK);
    }
    buffer.take(ByteBuffer.allocate(CAPACITY));
    buffer.trim(true);
    assertEquals(0, pool.usedBytes());
  }

  @Test
  void shouldTakeBytesAheadOfAGap() {
    BufferSegment segment = new BufferSegment();
    segment.set(bytes(50_001, 20_000));
    assertEquals(20_000, buffer.put(50_001, segment, 0, 20_000, ChunkPool.Use.AHEAD));
    assertEquals(0, buffer.held());
    segment.set(bytes(1, 50_000));
    assertEquals(50_000, buffer.put(1, segment, 0, 50_000, ChunkPool.Use.RECEIVE));

    buffer.extendTo(70_001);

    ByteBuffer all = ByteBuffer.allocate(CAPACITY);
    assertEquals(70_000, buffer.take(all));
    assertEquals(bytes(1, 70_000), all.flip());
  }

  @Test
  void shouldShowAPartInPieces() {
    buffer.append(bytes(1, 50_000), 50_000);
    @Nullable ByteBuffer[] pieces = new ByteBuffer[8];

    int count = buffer.slices(10_000, 30_000, pieces);

    ByteBuffer all = ByteBuffer.allocate(30_000);
    for (int i = 0; i < count; i++) {
      all.put(pieces[i]);
    }
    assertEquals(bytes(10_000, 30_000), all.flip());
  }

  @Test
  void shouldGiveBackWhatWasReservedAndNotFilled() {
    for (int filled : new int[] {0, 1, CHUNK - 1, CHUNK, 40_000, 90_000}) {
      @Nullable ByteBuffer[] pieces = new ByteBuffer[8];
      long from = buffer.end();
      int count = buffer.reserve(90_000, pieces);
      int left = filled;
      for (int i = 0; i < count && left > 0; i++) {
        int part = Math.min(left, pieces[i].remaining());
        pieces[i].put(bytes(from + filled - left, part));
        left -= part;
      }

      buffer.filled(filled, 90_000);

      assertTrue(pool.usedBytes() <= filled + 2L * CHUNK - 1, filled + ": " + pool.usedBytes());
      ByteBuffer all = ByteBuffer.allocate(CAPACITY);
      assertEquals(filled, buffer.take(all));
      assertEquals(bytes(from, filled), all.flip());
      buffer.trim(true);
      assertEquals(0, pool.usedBytes());
    }
  }

  @Test
  void shouldKeepTheLastMemoryForWhatCameInOrder() {
    ChunkPool small = new ChunkPool(16L * CHUNK);
    List<ByteBuffer> taken = new ArrayList<>();
    for (ChunkPool.Use use : ChunkPool.Use.values()) {
      for (ByteBuffer chunk = small.take(use); chunk != null; chunk = small.take(use)) {
        taken.add(chunk);
      }
      assertEquals(
          switch (use) {
            case AHEAD -> 8;
            case SEND -> 12;
            case RECEIVE -> 16;
          },
          taken.size());
    }
    assertNull(small.take(ChunkPool.Use.RECEIVE));
    taken.forEach(small::release);
    assertEquals(0, small.usedBytes());
  }
}
