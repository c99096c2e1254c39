package dev.javisor.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.sys.DiskFile;
import dev.javisor.internal.sys.Fd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverlayDiskTest {
  private static final int SIZE = 64 * 1024 + 1024;

  @TempDir Path folder;

  private final byte[] original = new byte[SIZE];

  @Test
  void shouldLeaveTheFileAsItIs_whenTheGuestWrites() throws IOException {
    Path file = file();
    try (BlockBackend disk = BlockBackend.overlay(file)) {
      byte[] content = new byte[5120];
      Arrays.fill(content, (byte) 0x5a);

      assertEquals(BlockStatus.OK, HeapRequest.write(3584, content, 512, 4096, 512).submitTo(disk));

      byte[] expected = original.clone();
      System.arraycopy(content, 0, expected, 3584, content.length);
      assertArrayEquals(expected, HeapRequest.read(disk, 0, 4608, SIZE - 4608));
    }
    assertArrayEquals(original, Files.readAllBytes(file));
  }

  @Test
  void shouldKeepWhatIsAround_whenWritesAreAnywhere() throws IOException {
    long seed = 42;
    Random random = new Random(seed);
    try (BlockBackend disk = BlockBackend.overlay(file())) {
      byte[] expected = original.clone();
      for (int i = 0; i < 300; i++) {
        int offset = random.nextInt(SIZE / 512) * 512;
        int length = (1 + random.nextInt(Math.min(40, (SIZE - offset) / 512))) * 512;
        length = Math.min(length, SIZE - offset);
        if (i % 3 == 0) {
          HeapRequest.of(BlockOperation.WRITE_ZEROES, offset, length).submitTo(disk);
          Arrays.fill(expected, offset, offset + length, (byte) 0);
        } else {
          byte[] content = new byte[length];
          random.nextBytes(content);
          HeapRequest.write(offset, content).submitTo(disk);
          System.arraycopy(content, 0, expected, offset, length);
        }
        assertArrayEquals(expected, HeapRequest.read(disk, 0, SIZE), "seed " + seed);
      }
    }
  }

  @Test
  void shouldFailReads_whenTheFileHasShrunk() throws IOException {
    Path file = file();
    try (BlockBackend disk = BlockBackend.overlay(file)) {
      Files.write(file, new byte[512]);
      HeapRequest request = HeapRequest.of(BlockOperation.WRITE_ZEROES, 4096 + 512, 512);

      assertEquals(BlockStatus.IOERR, request.submitTo(disk));
      assertTrue(
          String.valueOf(request.reason).contains("shorter"), String.valueOf(request.reason));
    }
  }

  @Test
  void shouldShareTheFileWithReaders_butNotWithAWriter() throws IOException {
    Path file = file();
    try (BlockBackend one = BlockBackend.overlay(file);
        BlockBackend two = BlockBackend.overlay(file);
        DiskFile writer = DiskFile.openDisk(file, Fd.O_RDWR)) {
      assertEquals(one.size(), two.size());
      assertTrue(writer.lock(true) < 0);
      one.close();
      two.close();
      assertEquals(0, writer.lock(true));

      UncheckedIOException refused =
          assertThrows(UncheckedIOException.class, () -> BlockBackend.overlay(file));
      assertTrue(String.valueOf(refused.getMessage()).contains(file + " is locked"));
    }
  }

  @Test
  void shouldRefuse_whenThereIsNoDiskThere() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty"));
    Path odd = Files.write(folder.resolve("odd"), new byte[513]);

    assertThrows(IllegalArgumentException.class, () -> BlockBackend.overlay(empty));
    assertThrows(IllegalArgumentException.class, () -> BlockBackend.overlay(odd));
    assertThrows(UncheckedIOException.class, () -> BlockBackend.overlay(folder));
    assertThrows(UncheckedIOException.class, () -> BlockBackend.overlay(folder.resolve("none")));
  }

  private Path file() throws IOException {
    new Random(7).nextBytes(original);
    return Files.write(folder.resolve("base.raw"), original);
  }
}
