package dev.javisor.internal.virtio.blk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.BlockBackend;
import dev.javisor.config.DiskEngine;
import dev.javisor.config.RateLimiter;
import dev.javisor.internal.block.BackendDisk;
import dev.javisor.internal.block.Disk;
import dev.javisor.internal.block.file.DiskSpec;
import dev.javisor.internal.block.file.FileDisks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests by chance, most of them senseless: the device answers each, and harms nothing else. */
class HostileBlkDriverTest {
  private static final int SIZE = HostileBlkDriver.DISK_BYTES;
  private static final int REQUESTS = 3000;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"memory", "preadv", "io_uring"})
  void shouldAnswerAndHarmNothing_whateverIsAskedFor(String kind) throws IOException {
    Random random = new Random(20);
    int answered = 0;
    int broken = 0;
    Path file = Files.write(folder.resolve("disk"), new byte[SIZE]);
    while (answered + broken < REQUESTS) {
      try (HostileBlkDriver driver = new HostileBlkDriver(device(kind, file))) {
        driver.play(random, () -> true);
        answered += driver.answered();
        broken += driver.broken();
      }
    }
    assertTrue(answered > broken, answered + " and " + broken);
    assertEquals(SIZE, Files.size(file));
  }

  private VirtioDisk device(String kind, Path file) {
    BlkConfig config =
        new BlkConfig("disk0", 1, BlkDriver.QUEUE_SIZE, RateLimiter.UNLIMITED, "serial");
    return VirtioDisk.create(config, disk(kind, file), System::nanoTime, BlkDriver.NO_TIMER);
  }

  private static Disk disk(String kind, Path file) {
    if (kind.equals("memory")) {
      return new BackendDisk("disk0", BlockBackend.inMemory(SIZE), false);
    }
    DiskEngine engine = kind.equals("io_uring") ? DiskEngine.IO_URING : DiskEngine.SYNC;
    return FileDisks.open(
        new DiskSpec("disks[0]", "disk0", file, null, false, false, 1, 64, "serial", engine));
  }
}
