package dev.javisor.internal.virtio.blk;

import dev.javisor.backend.BlockBackend;
import dev.javisor.config.RateLimiter;
import dev.javisor.internal.block.BackendDisk;
import dev.javisor.internal.block.Disk;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;

/** What tests of disks begin with. */
abstract class BlkFixture {
  static final long ALL = -1L;
  static final int SIZE = 4 << 20;

  final GuestMemory memory =
      GuestRam.map(new RamSpec(256 << 20, false, false, false, false), 0xC000_0000L);
  final SlowBackend slow = new SlowBackend(SIZE);

  @AfterEach
  void closeMemory() {
    memory.close();
  }

  BlkDriver driver(Disk disk, int queues, long features) {
    BlkConfig config =
        new BlkConfig("disk0", queues, BlkDriver.QUEUE_SIZE, RateLimiter.UNLIMITED, "serial-1");
    return new BlkDriver(
        memory, VirtioDisk.create(config, disk, System::nanoTime, BlkDriver.NO_TIMER), features);
  }

  static Disk disk(BlockBackend backend) {
    return new BackendDisk("disk0", backend, false);
  }

  static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
