package dev.javisor.internal.block.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.DiskEngine;
import dev.javisor.internal.block.Disk;
import dev.javisor.internal.block.DiskException;
import dev.javisor.internal.sys.DiskFile;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.NativeException;
import dev.javisor.internal.sys.Unprivileged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDisksTest {
  @TempDir Path folder;

  @Test
  void shouldOpenAFile() throws IOException {
    try (Disk disk = FileDisks.open(spec(file(1 << 20), false))) {
      assertEquals(1 << 20, disk.size());
      assertEquals(512, disk.logicalBlockSize());
      assertEquals(4096, disk.physicalBlockSize());
      assertTrue(disk.discards());
      assertTrue(disk.description().endsWith("by preadv and pwritev"), disk.description());
    }
  }

  @Test
  void shouldTakeIoUring_whenThePageCacheIsBypassed() throws IOException {
    Path file = file(1 << 20);
    try (Disk disk = FileDisks.open(spec(file, false, true, DiskEngine.AUTO))) {
      assertTrue(disk.description().endsWith("direct, by io_uring"), disk.description());
    }
    try (Disk disk = FileDisks.open(spec(file, false, true, DiskEngine.SYNC))) {
      assertTrue(disk.description().endsWith("by preadv and pwritev"), disk.description());
    }
    try (Disk disk = FileDisks.open(spec(file, false, false, DiskEngine.IO_URING))) {
      assertTrue(disk.description().endsWith("page cache, by io_uring"), disk.description());
    }
  }

  @Test
  void shouldSay_whenThereIsNoSuchDisk() {
    refused(folder.resolve("none"), "there is no such file");
    refused(Path.of("none.raw"), "looked for in " + Path.of("").toAbsolutePath());
  }

  @Test
  void shouldSay_whenItIsAFolder() {
    refused(folder, "not a folder");
    assertTrue(refusal(spec(folder, true)).hint().contains("not a folder"));
  }

  @Test
  void shouldSay_whenItMayNotBeOpened() throws IOException {
    Path secret = file(512);
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
    Path fixed = file(1024);
    Files.setPosixFilePermissions(fixed, PosixFilePermissions.fromString("r--r--r--"));

    Unprivileged.call(
        () -> {
          assertTrue(refusal(spec(secret, true)).hint().contains("may not read it"));
          refused(fixed, "may not read and write it");
          refused(fixed, "or make the disk read-only");
          FileDisks.open(spec(fixed, true)).close();
          return null;
        });
  }

  @Test
  void shouldSay_whenTheFileSystemIsReadOnly() {
    FileDisks disks =
        new FileDisks(
            (path, flags) -> {
              throw new NativeException("open", Errno.EROFS, path.toString());
            });

    DiskException refusal =
        assertThrows(
            DiskException.class, () -> disks.openDisk(spec(folder.resolve("disk"), false)));

    assertTrue(refusal.hint().contains("read-only file system"), refusal.hint());
  }

  @Test
  void shouldSay_whenItIsLocked() throws IOException {
    Path file = file(4096);
    try (Disk first = FileDisks.open(spec(file, false))) {
      assertEquals(4096, first.size());
      refused(file, "it is locked: another machine, or another disk of this one, uses it");
      assertTrue(refusal(spec(file, true)).hint().contains("writes to it"));
    }
    try (Disk reader = FileDisks.open(spec(file, true));
        Disk other = FileDisks.open(spec(file, true))) {
      assertEquals(reader.size(), other.size());
      refused(file, "it is locked");
    }
    FileDisks.open(spec(file, false)).close();
  }

  @Test
  void shouldSay_whenItHasNoDisksSize() throws IOException {
    refused(file(0), "it is empty");
    refused(file(513), "513 bytes, no multiple of 512");
  }

  @Test
  void shouldSay_whenItIsAFifo() throws IOException, InterruptedException {
    Path fifo = folder.resolve("fifo");
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());

    refused(fifo, "not a FIFO");
    assertTrue(refusal(spec(fifo, true)).hint().contains("not a FIFO"));
  }

  @Test
  void shouldSay_whenItIsNoDiskAtAll() {
    refused(Path.of("/dev/null"), "expected a file or block device");
  }

  @Test
  void shouldSay_whenTheFileSystemHasNoDirectIo() throws IOException {
    Path file = file(4096);
    FileDisks disks =
        new FileDisks(
            (path, flags) -> {
              if ((flags & DiskFile.O_DIRECT) != 0) {
                throw new NativeException("open", Errno.EINVAL, path.toString());
              }
              return DiskFile.openDisk(path, flags);
            });

    DiskException refusal =
        assertThrows(
            DiskException.class, () -> disks.openDisk(spec(file, false, true, DiskEngine.AUTO)));

    assertEquals("direct", refusal.key());
    assertTrue(refusal.hint().contains("has no direct I/O"), refusal.hint());
    FileDisks.open(spec(file, false)).close();
  }

  @Test
  void shouldNotOfferDiscard_whenTheFileSystemHasNoHoles() throws IOException {
    Path file = file(4096);
    byte[] content = new byte[4096];
    Arrays.fill(content, (byte) 7);
    Files.write(file, content);

    assertFalse(opened(file, -Errno.EOPNOTSUPP));
    assertTrue(opened(file, -Errno.EINTR), "it may well have holes");
    try (Disk disk = FileDisks.open(spec(file, false))) {
      assertTrue(disk.discards(), "this one has holes");
    }
    assertArrayEquals(content, Files.readAllBytes(file));
    try (Disk disk = FileDisks.open(spec(file, true))) {
      assertFalse(disk.discards(), "read-only");
    }
  }

  /** Whether a disk offers discards on a file system that answers so. */
  private static boolean opened(Path path, long answer) {
    FileDisks.Opener opener =
        new FileDisks.Opener() {
          @Override
          public DiskFile open(Path at, int flags) {
            return DiskFile.openDisk(at, flags);
          }

          @Override
          public long allocate(DiskFile file, int mode, long offset, long length) {
            return answer;
          }
        };
    try (Disk disk = new FileDisks(opener).openDisk(spec(path, false))) {
      return disk.discards();
    }
  }

  private static void refused(Path path, String why) {
    DiskException refusal = refusal(spec(path, false));

    assertEquals("path", refusal.key());
    assertEquals(path.toString(), refusal.value());
    assertTrue(refusal.hint().contains(why), refusal.hint());
  }

  private static DiskException refusal(DiskSpec spec) {
    return assertThrows(DiskException.class, () -> FileDisks.open(spec).close());
  }

  private Path file(int size) throws IOException {
    return Files.write(folder.resolve("disk-" + size), new byte[size]);
  }

  private static DiskSpec spec(Path path, boolean readOnly) {
    return spec(path, readOnly, false, DiskEngine.AUTO);
  }

  static DiskSpec spec(Path path, boolean readOnly, boolean direct, DiskEngine engine) {
    return new DiskSpec(
        "disks[0]", "disk0", path, null, readOnly, direct, 1, 128, "serial", engine);
  }
}
