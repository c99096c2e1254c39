package dev.javisor.bench.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.microguest.BlkDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs what the benchmark runs, on this machine's KVM, for a short while. */
class LoadGuestTest {
  private static final int COUNT = 320;
  private static final double TICK_RATE = 1e9;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"1,4096,false", "32,4096,false", "32,131072,true"})
  void shouldMeasureADisk(int depth, int bytes, boolean sequential)
      throws IOException, InterruptedException {
    Workload load = Workload.disk(BlkDriver.READ, bytes, depth, sequential, COUNT);
    try (DiskImage disk = DiskImage.in(folder)) {
      assertTrue(run(load, disk.file()) > 0);
    }
  }

  @Test
  void shouldWriteAllOverTheDisk() throws IOException, InterruptedException {
    Workload load = Workload.disk(BlkDriver.WRITE, 1 << 17, 32, true, Workload.DISK >> 17);
    try (DiskImage disk = DiskImage.in(folder)) {
      assertTrue(run(load, disk.file()) > 0);

      byte[] content = Files.readAllBytes(disk.file());
      assertEquals(Workload.DISK, content.length);
      for (byte b : content) {
        assertEquals(0, b);
      }
    }
  }

  @Test
  void shouldMeasureTheRandomNumberGenerator() throws IOException, InterruptedException {
    assertTrue(run(Workload.rng(4096, COUNT), folder) > 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 1514, 65214})
  void shouldMeasureANetworkThatSends(int bytes) throws IOException, InterruptedException {
    Workload load = Workload.net(Workload.Device.SENDER, bytes, 8 * COUNT);
    Path kernel = NetGuest.of(load, false, 0).write(folder.resolve("kernel"));
    String tap = "jl%d".formatted(ProcessHandle.current().pid());

    double rate =
        new JavisorLoad("", kernel, TICK_RATE, vm -> vm.net(config -> config.tap(tap)))
            .bytesPerSecond();

    assertTrue(rate > 0);
  }

  @Test
  void shouldSayWhatFailed_whenThereIsNoSuchDevice() {
    Workload load = Workload.disk(BlkDriver.READ, 4096, 1, false, COUNT);
    Path kernel = LoadGuest.of(load, true).write(folder.resolve("kernel"));
    JavisorLoad javisor =
        new JavisorLoad("", kernel, TICK_RATE, Workload.rng(1, 1).on(folder, config -> {}));

    IOException e = assertThrows(IOException.class, javisor::bytesPerSecond);

    assertEquals("failed: no virtio-mmio device of type 2", e.getMessage());
  }

  @Test
  void shouldReadTheResult() throws IOException {
    assertEquals(
        new LoadResult(0x1234, 0x20), LoadResult.parse("result 0000000000001234 0000000000000020"));
    assertTrue(LoadResult.isLast("failed: a request to the disk"));
    assertFalse(LoadResult.isLast("SeaBIOS"));
    assertEquals(
        "no result", assertThrows(IOException.class, () -> LoadResult.parse("")).getMessage());
  }

  private double run(Workload load, Path disk) throws IOException, InterruptedException {
    Path kernel = LoadGuest.of(load, false).write(folder.resolve("kernel"));
    return new JavisorLoad("", kernel, TICK_RATE, load.on(disk, config -> {})).bytesPerSecond();
  }
}
