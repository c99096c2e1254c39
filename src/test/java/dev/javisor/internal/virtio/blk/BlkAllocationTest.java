package dev.javisor.internal.virtio.blk;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.javisor.config.DiskEngine;
import dev.javisor.config.RateLimiter;
import dev.javisor.internal.block.Disk;
import dev.javisor.internal.block.file.DiskSpec;
import dev.javisor.internal.block.file.FileDisks;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The way of a request from ring to file and back leaves no garbage. */
class BlkAllocationTest {
  private static final int ROUNDS = 400;
  private static final int DEPTH = 16;

  /** What a few classes loaded late, and the clock of the test itself, may take. */
  private static final long BYTES_PER_REQUEST = 4;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(
      value = DiskEngine.class,
      names = {"SYNC", "IO_URING"})
  void shouldAllocateNothing_whenRequestsAreServed(DiskEngine engine) throws IOException {
    Path file = Files.write(folder.resolve("disk"), new byte[1 << 20]);
    Disk disk =
        FileDisks.open(
            new DiskSpec("disks[0]", "disk0", file, null, false, false, 1, 64, "", engine));
    BlkConfig config = new BlkConfig("disk0", 1, BlkDriver.QUEUE_SIZE, RateLimiter.UNLIMITED, "");
    try (GuestMemory memory =
            GuestRam.map(new RamSpec(64 << 20, false, false, false, false), 0xC000_0000L);
        BlkDriver driver =
            new BlkDriver(
                memory,
                VirtioDisk.create(config, disk, System::nanoTime, BlkDriver.NO_TIMER),
                -1L)) {
      DriverQueue queue = driver.queues.get(0);
      Buffer read = queue.readable(BlkDriver.header(BlkDriver.IN, 8));
      Buffer write = queue.readable(BlkDriver.header(BlkDriver.OUT, 16));
      Buffer data = queue.writable(4096);
      Buffer source = queue.readable(new byte[4096]);
      Buffer status = queue.writable(1);

      serve(driver, read, data, status);
      serve(driver, write, source, status);
      long bytes = serve(driver, read, data, status) + serve(driver, write, source, status);

      long requests = 2L * ROUNDS * DEPTH;
      assertTrue(bytes <= requests * BYTES_PER_REQUEST, bytes + " bytes for " + requests);
    }
  }

  private static long serve(BlkDriver driver, Buffer header, Buffer data, Buffer status) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    DriverQueue queue = driver.queues.get(0);
    long allocated = 0;
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < DEPTH; i++) {
        queue.add(header, data, status);
      }
      for (int done = 0; done < DEPTH; ) {
        long before = threads.getCurrentThreadAllocatedBytes();
        driver.device.service(0);
        allocated += threads.getCurrentThreadAllocatedBytes() - before;
        while (queue.poll() != null) {
          done++;
        }
      }
    }
    return allocated;
  }
}
