package dev.javisor.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MemoryDiskTest {
  private static final int MIB = 1 << 20;

  private final BlockBackend disk = BlockBackend.inMemory(3 * MIB + 512);

  @Test
  void shouldReadZeros_whenNothingWasWritten() {
    assertArrayEquals(new byte[8192], HeapRequest.read(disk, MIB - 4096, 8192));
  }

  @Test
  void shouldReadWhatWasWritten_whenItStraddlesChunks() {
    byte[] content = content(2 * MIB + 1024);

    assertEquals(BlockStatus.OK, HeapRequest.write(MIB - 512, content).submitTo(disk));

    assertArrayEquals(content, HeapRequest.read(disk, MIB - 512, 512, content.length - 512));
    assertArrayEquals(new byte[512], HeapRequest.read(disk, MIB - 1024, 512));
  }

  @Test
  void shouldReachItsLastSector() {
    byte[] content = content(512);

    HeapRequest.write(3 * MIB, content).submitTo(disk);

    assertArrayEquals(content, HeapRequest.read(disk, 3 * MIB, 512));
  }

  @Test
  void shouldReadZeros_whenDiscardedOrZeroed() {
    HeapRequest.write(0, content(3 * MIB)).submitTo(disk);

    HeapRequest.of(BlockOperation.DISCARD, 512, 2 * MIB).submitTo(disk);
    HeapRequest.of(BlockOperation.WRITE_ZEROES, 3 * MIB - 512, 512).submitTo(disk);

    assertArrayEquals(Arrays.copyOf(content(512), 512), HeapRequest.read(disk, 0, 512));
    assertArrayEquals(new byte[2 * MIB], HeapRequest.read(disk, 512, 2 * MIB));
    assertArrayEquals(new byte[512], HeapRequest.read(disk, 3 * MIB - 512, 512));
  }

  @Test
  void shouldSayWhatItIs() {
    assertEquals(3 * MIB + 512, disk.size());
    assertTrue(disk.discards());
    assertEquals(BlockStatus.OK, HeapRequest.of(BlockOperation.FLUSH, 0, 0).submitTo(disk));
  }

  @Test
  void shouldRefuse_whenSizeIsNoDisk() {
    for (long size : new long[] {0, -512, 513, 1L << 41}) {
      assertThrows(IllegalArgumentException.class, () -> BlockBackend.inMemory(size));
    }
  }

  private static byte[] content(int length) {
    byte[] content = new byte[length];
    for (int i = 0; i < length; i++) {
      content[i] = (byte) (i * 31 + (i >> 9) + 1);
    }
    return content;
  }
}
