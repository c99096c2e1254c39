package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.javisor.config.DiskEngine;
import dev.javisor.internal.block.file.DiskProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Direct I/O to a block device, which the test's disk is in the lab. No guest is booted. */
@Tag("linux-guest")
@Timeout(120)
class BlockDeviceTest {
  /** Where the image has nothing: behind its last partition's file system. */
  private static final long UNUSED = 767L << 20;

  @ParameterizedTest
  @EnumSource(
      value = DiskEngine.class,
      names = {"SYNC", "IO_URING"})
  void shouldStoreAndRead_whenItIsDirect(DiskEngine engine) throws IOException {
    Path disk = LinuxDisks.debian();
    byte[] bytes = new byte[64 << 10];
    new Random(engine.ordinal()).nextBytes(bytes);

    // Aligned as direct I/O wants it, and not: that goes through the page cache.
    DiskProbe.write(disk, engine, UNUSED, bytes, 0);
    assertArrayEquals(bytes, DiskProbe.read(disk, engine, UNUSED, bytes.length, 0));
    assertArrayEquals(bytes, DiskProbe.read(disk, engine, UNUSED, bytes.length, 3));
    bytes[512]++;
    DiskProbe.write(disk, engine, UNUSED, bytes, 3);
    assertArrayEquals(bytes, DiskProbe.read(disk, engine, UNUSED, bytes.length, 0));
  }
}
