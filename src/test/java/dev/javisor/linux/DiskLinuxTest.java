package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.BlockBackend;
import dev.javisor.config.DiskEngine;
import dev.javisor.config.RateLimit;
import dev.javisor.config.RateLimit.Bucket;
import dev.javisor.config.RateLimiter;
import dev.javisor.internal.sys.DiskFile;
import dev.javisor.internal.sys.Fd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** One boot with four disks. */
@Tag("linux-guest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DiskLinuxTest {
  private static final int MIB = 1 << 20;

  private final RateLimiter limiter = RateLimiter.of(RateLimit.UNLIMITED);
  private Path buffered;
  private Path direct;
  private Path readOnly;
  private LinuxGuest guest;

  @BeforeAll
  void boot() throws InterruptedException, IOException {
    buffered = LinuxDisks.sparse("buffered.raw", 64 * MIB);
    direct = LinuxDisks.sparse("direct.raw", 32 * MIB);
    readOnly = LinuxDisks.sparse("read-only.raw", 8 * MIB);
    Files.write(readOnly, random(8 * MIB));
    guest =
        LinuxGuest.boot(
            builder ->
                builder
                    .memory("512M")
                    .cpus(4)
                    .disk(d -> d.path(buffered).queues(4).serial("buffered-serial"))
                    .disk(d -> d.path(direct).direct(true).engine(DiskEngine.IO_URING))
                    .disk(d -> d.path(readOnly).readOnly(true))
                    .disk(BlockBackend.inMemory(16 * MIB), d -> d.rateLimiter(limiter)),
            "virtio_pci",
            "virtio_blk");
  }

  @AfterAll
  void close() throws IOException {
    guest.close();
    for (Path file : List.of(buffered, direct, readOnly)) {
      Files.deleteIfExists(file);
    }
  }

  @Test
  @Order(1)
  void shouldShowTheDisks() throws InterruptedException {
    assertEquals(
        List.of("131072", "65536", "16384", "32768"), guest.run("cat /sys/block/vd?/size"));
    assertEquals(List.of("0", "0", "1", "0"), guest.run("cat /sys/block/vd?/ro"));
    assertEquals(
        List.of("buffered-serial", "disk1", "disk2", "disk3"),
        guest.run("for d in /sys/block/vd?; do cat $d/serial; echo; done"));
    assertEquals("4", guest.line("ls /sys/block/vda/mq | wc -l"));
    assertEquals("write back", guest.line("cat /sys/block/vda/queue/write_cache"));
    assertEquals("4096", guest.line("cat /sys/block/vda/queue/physical_block_size"));
  }

  @Test
  @Order(2)
  void shouldReadWhatIsInTheFile() throws Exception {
    assertEquals(
        sha256(Files.readAllBytes(readOnly)), guest.line("sha256sum < /dev/vdc").split(" ")[0]);
    guest.run("! dd if=/dev/zero of=/dev/vdc bs=4k count=1 conv=fsync 2>/dev/null");
  }

  @Test
  @Order(3)
  void shouldHaveInTheFileWhatTheGuestMadeDurable() throws Exception {
    for (String disk : List.of("vda", "vdb", "vdd")) {
      guest.run("dd if=/dev/vdc of=/dev/%s bs=64k seek=16 conv=fsync 2>/dev/null".formatted(disk));
    }
    byte[] expected = Files.readAllBytes(readOnly);

    assertArrayEquals(expected, part(buffered, MIB, 8 * MIB));
    assertArrayEquals(expected, part(direct, MIB, 8 * MIB));
    for (String disk : List.of("vda", "vdb", "vdd")) {
      assertEquals(sha256(expected), checksum(disk, 16), disk);
    }
  }

  @Test
  @Order(4)
  void shouldGiveSpaceBack_whenTheGuestDiscards() throws Exception {
    long before = blocks(buffered);

    guest.run("blkdiscard /dev/vda && sync");

    assertTrue(before >= 8 * MIB / 512, "blocks " + before);
    assertTrue(blocks(buffered) < MIB / 512, "blocks " + blocks(buffered));
    assertArrayEquals(new byte[8 * MIB], part(buffered, MIB, 8 * MIB));
    assertEquals(64 * MIB, Files.size(buffered));
  }

  @Test
  @Order(5)
  void shouldSpreadItsInterrupts() throws InterruptedException {
    List<String> interrupts = guest.run("grep virtio0 /proc/interrupts");

    assertEquals(5, interrupts.size(), "four queues and the configuration: " + interrupts);
    assertEachProcessorIsInterrupted();
  }

  @Test
  @Order(6)
  void shouldKeepToALimit_whichMayChangeMeanwhile() throws InterruptedException {
    limiter.limit(RateLimit.bytesPerSecond(10_000_000));
    double bytes = rate("read_bytes", "1M");

    // Many requests for each call of the guest's: it is slow in an emulated machine.
    guest.run("echo 4 > /sys/block/vdd/queue/max_sectors_kb");
    Bucket hundredASecond = new Bucket(100, Duration.ofSeconds(1), 0);
    limiter.limit(RateLimit.UNLIMITED.andOperations(hundredASecond));
    double operations = rate("read_ops", "512k");
    limiter.limit(RateLimit.UNLIMITED);

    assertEquals(10_000_000, bytes, 500_000);
    assertEquals(100, operations, 5);
  }

  /**
   * How fast a counter of the limited disk grows in five seconds, once the burst is spent, while
   * the guest reads blocks of that size.
   */
  private double rate(String counter, String block) throws InterruptedException {
    guest.run(
        "(while :; do dd if=/dev/vdd of=/dev/null bs=%s iflag=direct; done) 2>/dev/null &"
            .formatted(block));
    Thread.sleep(1000);
    long start = System.nanoTime();
    long before = guest.vm().counters().get("disk3").get(counter);
    Thread.sleep(5000);
    long after = guest.vm().counters().get("disk3").get(counter);
    long nanos = System.nanoTime() - start;
    guest.run("kill $!");
    return (after - before) * 1e9 / nanos;
  }

  @Test
  @Order(7)
  void shouldFindNothingToComplainOf() throws InterruptedException {
    List<String> others =
        guest.complaints().stream()
            // The write to the read-only disk, on purpose.
            .filter(line -> !line.contains("vdc"))
            .toList();

    assertEquals(List.of(), others);
  }

  /** The SHA-256 of 8 MiB from so many times 64 KiB on, as the guest reads them. */
  private String checksum(String disk, int skip) throws InterruptedException {
    guest.run("echo 3 > /proc/sys/vm/drop_caches");
    return guest.line(
            "dd if=/dev/%s bs=64k skip=%d count=128 2>/dev/null | sha256sum".formatted(disk, skip))
        .split(" ")[0];
  }

  /** Each processor reads by the queue that is its own, whose vector interrupts it. */
  private void assertEachProcessorIsInterrupted() throws InterruptedException {
    for (int cpu = 0; cpu < 4; cpu++) {
      long before = interrupts(cpu);

      guest.run(
          "taskset %d dd if=/dev/vda of=/dev/null bs=4k skip=%d count=8 iflag=direct 2>/dev/null"
              .formatted(1 << cpu, cpu));

      long after = interrupts(cpu);
      assertTrue(after > before, "processor %d: %d, then %d".formatted(cpu, before, after));
    }
  }

  private long interrupts(int cpu) throws InterruptedException {
    return Long.parseLong(
        guest.line("awk '/virtio0-req.%d/ {print $%d}' /proc/interrupts".formatted(cpu, cpu + 2)));
  }

  /** What the file takes, in units of 512 bytes. */
  private static long blocks(Path file) {
    try (DiskFile open = DiskFile.openDisk(file, Fd.O_RDONLY)) {
      return open.spaceTaken() / 512;
    }
  }

  private static byte[] part(Path file, int from, int length) throws IOException {
    return Arrays.copyOfRange(Files.readAllBytes(file), from, from + length);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
