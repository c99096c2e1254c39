package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.DiskEngine;
import dev.javisor.event.VmEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A guest that reboots again and again, with all that uses interrupts and rings attached. */
@Tag("linux-guest")
class RebootLinuxTest {
  private static final int MIB = 1 << 20;
  private static final int CPUS = 2;
  private static final int REBOOTS = 5;

  @Test
  @Timeout(900) // Six boots.
  void shouldServeItsDevicesAnew_whenTheGuestRebootsFiveTimes()
      throws IOException, InterruptedException {
    Path buffered = LinuxDisks.sparse("reboot-buffered.raw", 16 * MIB);
    Path direct = LinuxDisks.sparse("reboot-direct.raw", 16 * MIB);
    try (LinuxGuest guest =
        LinuxGuest.boot(
            builder ->
                builder
                    .memory("256M")
                    .cpus(CPUS)
                    .disk(disk -> disk.path(buffered).queues(CPUS).engine(DiskEngine.SYNC))
                    .disk(disk -> disk.path(direct).direct(true).engine(DiskEngine.IO_URING))
                    .rng(),
            "virtio_pci",
            "virtio_blk",
            "virtio_rng")) {
      useDevices(guest, 0, buffered, direct);
      for (int boot = 1; boot <= REBOOTS; boot++) {
        guest.type("reboot -f");
        guest.awaitShell();
        useDevices(guest, boot, buffered, direct);
      }
      long told = guest.events().stream().filter(VmEvent.Rebooted.class::isInstance).count();
      assertEquals(REBOOTS, told);
    } finally {
      Files.delete(buffered);
      Files.delete(direct);
    }
  }

  /** Reads what the system before wrote, and writes something for the next. */
  private static void useDevices(LinuxGuest guest, int boot, Path... files)
      throws IOException, InterruptedException {
    List<String> disks = List.of("vda", "vdb");
    for (int i = 0; i < disks.size(); i++) {
      String dd = "dd bs=4k count=1 2>/dev/null ";
      if (boot > 0) {
        String before = dd + "if=/dev/%s skip=%d | head -n 1".formatted(disks.get(i), boot - 1);
        assertEquals("of boot " + (boot - 1), guest.line(before));
      }
      guest.run(
          "echo of boot %d | %s conv=sync,fsync of=/dev/%s seek=%d"
              .formatted(boot, dd, disks.get(i), boot));
      byte[] expected = ("of boot " + boot + "\n").getBytes(StandardCharsets.UTF_8);
      int at = boot * 4096;
      byte[] written = Files.readAllBytes(files[i]);
      assertArrayEquals(expected, Arrays.copyOfRange(written, at, at + expected.length));
    }
    for (int cpu = 0; cpu < CPUS; cpu++) {
      long before = interrupts(guest, cpu);
      guest.run(
          "taskset %d dd if=/dev/vda of=/dev/null bs=4k skip=%d count=8 iflag=direct 2>/dev/null"
              .formatted(1 << cpu, 8 + 8 * cpu));
      long after = interrupts(guest, cpu);
      assertTrue(after > before, "boot %d, processor %d: %d".formatted(boot, cpu, after));
    }
    String random = "dd if=/dev/hwrng bs=64 count=2 iflag=fullblock 2>/dev/null | wc -c";
    assertEquals("128", guest.line(random));
  }

  /** What a processor got of the queue of the first disk that is its own. */
  private static long interrupts(LinuxGuest guest, int cpu) throws InterruptedException {
    return Long.parseLong(
        guest.line("awk '/virtio0-req.%d/ {print $%d}' /proc/interrupts".formatted(cpu, cpu + 2)));
  }
}
