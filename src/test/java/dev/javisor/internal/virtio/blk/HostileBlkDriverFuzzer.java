package dev.javisor.internal.virtio.blk;

import dev.javisor.backend.BlockBackend;
import dev.javisor.config.RateLimiter;
import dev.javisor.internal.block.BackendDisk;
import dev.javisor.internal.virtio.Program;

/**
 * The property test of {@link HostileBlkDriverTest} as a target for Jazzer: {@code mvn -Pfuzz
 * -Dfuzz.target=dev.javisor.internal.virtio.blk.HostileBlkDriverFuzzer test-compile exec:exec}.
 */
public final class HostileBlkDriverFuzzer {
  private HostileBlkDriverFuzzer() {}

  /** Makes the requests that a program stands for, of a disk in memory. */
  public static void fuzzerTestOneInput(byte[] program) {
    BlockBackend backend = BlockBackend.inMemory(HostileBlkDriver.DISK_BYTES);
    BlkConfig config =
        new BlkConfig("disk0", 1, BlkDriver.QUEUE_SIZE, RateLimiter.UNLIMITED, "serial");
    VirtioDisk device =
        VirtioDisk.create(
            config, new BackendDisk("disk0", backend, false), System::nanoTime, BlkDriver.NO_TIMER);
    try (HostileBlkDriver driver = new HostileBlkDriver(device)) {
      Program chance = new Program(program);
      driver.play(chance, chance::goesOn);
    }
  }
}
