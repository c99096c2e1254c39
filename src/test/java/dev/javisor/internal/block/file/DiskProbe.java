package dev.javisor.internal.block.file;

import dev.javisor.backend.BlockStatus;
import dev.javisor.config.DiskEngine;
import dev.javisor.internal.block.Disk;
import java.io.IOException;
import java.nio.file.Path;

/** Opens a disk for direct I/O, as a device does, for one request. */
public final class DiskProbe {
  private DiskProbe() {}

  /**
   * Writes.
   *
   * @param skew how many bytes the guest's buffer is away from a page's beginning
   */
  public static void write(Path path, DiskEngine engine, long offset, byte[] bytes, int skew)
      throws IOException {
    try (Disk disk = open(path, engine);
        QueueUser user = new QueueUser(disk)) {
      check(user.write(offset, bytes, 1, skew));
    }
  }

  /** Reads: as {@link #write}. */
  public static byte[] read(Path path, DiskEngine engine, long offset, int length, int skew)
      throws IOException {
    try (Disk disk = open(path, engine);
        QueueUser user = new QueueUser(disk)) {
      byte[] bytes = new byte[length];
      check(user.read(offset, bytes, 1, skew));
      return bytes;
    }
  }

  private static Disk open(Path path, DiskEngine engine) {
    return FileDisks.open(FileDisksTest.spec(path, false, true, engine));
  }

  private static void check(BlockStatus status) throws IOException {
    if (status != BlockStatus.OK) {
      throw new IOException("the request ended with " + status);
    }
  }
}
