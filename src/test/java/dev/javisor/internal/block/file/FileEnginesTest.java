package dev.javisor.internal.block.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.BlockStatus;
import dev.javisor.config.DiskEngine;
import dev.javisor.internal.block.Disk;
import dev.javisor.internal.sys.DiskFile;
import dev.javisor.internal.sys.Fd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What both engines do to a real file. */
class FileEnginesTest {
  private static final int SIZE = 1 << 20;

  @TempDir Path folder;

  static Stream<Arguments> engines() {
    return Stream.of(
        Arguments.of(DiskEngine.SYNC, false),
        Arguments.of(DiskEngine.SYNC, true),
        Arguments.of(DiskEngine.IO_URING, false),
        Arguments.of(DiskEngine.IO_URING, true));
  }

  @ParameterizedTest
  @MethodSource("engines")
  void shouldMoveBytesBetweenFileAndGuest_whereverTheyAre(DiskEngine engine, boolean direct)
      throws IOException {
    long seed = 1;
    Random random = new Random(seed);
    byte[] expected = new byte[SIZE];
    random.nextBytes(expected);
    Path file = Files.write(folder.resolve("disk"), expected);
    try (Disk disk = FileDisks.open(FileDisksTest.spec(file, false, direct, engine));
        QueueUser user = new QueueUser(disk)) {
      for (int i = 0; i < 300; i++) {
        int sectors = 1 + random.nextInt(64);
        int offset = random.nextInt(SIZE / 512 - sectors) * 512;
        int pieces = 1 + random.nextInt(5);
        // Every other time nothing is aligned in memory.
        int skew = i % 2 == 0 ? 0 : random.nextInt(512);
        byte[] bytes = new byte[sectors * 512];
        if (i % 3 == 0) {
          random.nextBytes(bytes);
          assertEquals(BlockStatus.OK, user.write(offset, bytes, pieces, skew));
          System.arraycopy(bytes, 0, expected, offset, bytes.length);
        } else {
          assertEquals(BlockStatus.OK, user.read(offset, bytes, pieces, skew));
          byte[] there = Arrays.copyOfRange(expected, offset, offset + bytes.length);
          assertArrayEquals(there, bytes, "seed " + seed + ", step " + i);
        }
      }
      assertEquals(BlockStatus.OK, user.flush());
    }
    assertArrayEquals(expected, Files.readAllBytes(file));
  }

  @ParameterizedTest
  @MethodSource("engines")
  void shouldGiveSpaceBack_whenDiscardedOrZeroed(DiskEngine engine, boolean direct)
      throws IOException {
    byte[] full = new byte[SIZE];
    Arrays.fill(full, (byte) 0x11);
    Path file = Files.write(folder.resolve("disk"), full);
    try (Disk disk = FileDisks.open(FileDisksTest.spec(file, false, direct, engine));
        QueueUser user = new QueueUser(disk);
        DiskFile looker = DiskFile.openDisk(file, Fd.O_RDONLY)) {
      long before = looker.spaceTaken();

      assertEquals(BlockStatus.OK, user.discard(0, SIZE / 2));
      assertEquals(BlockStatus.OK, user.writeZeroes(SIZE / 2, SIZE / 4, true));
      assertEquals(BlockStatus.OK, user.writeZeroes(3 * SIZE / 4, 512, false));

      assertTrue(looker.spaceTaken() <= before - SIZE / 2, "space " + looker.spaceTaken());
      assertEquals(SIZE, looker.diskSize());
    }
    Arrays.fill(full, 0, 3 * SIZE / 4 + 512, (byte) 0);
    assertArrayEquals(full, Files.readAllBytes(file));
  }

  @ParameterizedTest
  @MethodSource("engines")
  void shouldFail_whenTheFileHasShrunk(DiskEngine engine, boolean direct) throws IOException {
    Path file = Files.write(folder.resolve("disk"), new byte[SIZE]);
    try (Disk disk = FileDisks.open(FileDisksTest.spec(file, false, direct, engine));
        QueueUser user = new QueueUser(disk)) {
      Files.write(file, new byte[4096]);

      assertEquals(BlockStatus.IOERR, user.read(8192, new byte[4096], 1, 0));
      assertEquals(BlockStatus.IOERR, user.read(0, new byte[8192], 1, 0), "across its end");
      assertEquals(BlockStatus.OK, user.read(0, new byte[4096], 1, 0));
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void shouldKeepManyUnderWay(DiskEngine engine, boolean direct) throws IOException {
    byte[] content = new byte[SIZE];
    new Random(3).nextBytes(content);
    Path file = Files.write(folder.resolve("disk"), content);
    try (Disk disk = FileDisks.open(FileDisksTest.spec(file, true, direct, engine));
        QueueUser user = new QueueUser(disk)) {
      for (int round = 0; round < 20; round++) {
        byte[] all = user.readAll(QueueUser.DEPTH, 4096);

        assertArrayEquals(Arrays.copyOf(content, QueueUser.DEPTH * 4096), all);
      }
    }
  }
}
