package dev.javisor.testing.microguest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.javisor.config.DiskEngine;
import dev.javisor.event.VmExit;
import dev.javisor.internal.block.file.DiskSpec;
import dev.javisor.internal.machine.DiskDevices;
import dev.javisor.internal.machine.EntropyDevices;
import dev.javisor.internal.machine.MachineSpec;
import dev.javisor.internal.machine.MachineSpecs;
import dev.javisor.internal.machine.PciDeviceFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drives devices of a whole machine, from its only vCPU to the host's file. */
class VirtioDriverTest {
  private static final int SECTOR = 512;
  private static final int SIZE = 1 << 20;
  private static final long RAM = 16L << 20;
  private static final long BUFFER = MicroGuest.DATA + 0x10_0000;

  @TempDir Path folder;

  @Test
  void shouldCopySectorsOnADisk() throws IOException {
    byte[] before = new byte[SIZE];
    new Random(1).nextBytes(before);
    Path file = Files.write(folder.resolve("disk"), before);
    BlkDriver disk = BlkDriver.pci(0, MicroGuest.DATA);
    MicroGuest guest =
        MicroGuest.code(
                a -> {
                  disk.start(a);
                  disk.request(a, BlkDriver.READ, 8, BUFFER, 8 * SECTOR);
                  disk.request(a, BlkDriver.WRITE, 100, BUFFER, 8 * SECTOR);
                  disk.request(a, BlkDriver.FLUSH, 0, 0, 0);
                })
            .memory(RAM);

    run(guest, disk(file));

    byte[] expected = before.clone();
    System.arraycopy(before, 8 * SECTOR, expected, 100 * SECTOR, 8 * SECTOR);
    assertArrayEquals(expected, Files.readAllBytes(file));
  }

  @Test
  void shouldFail_whenADiskFails() throws IOException {
    Path file = Files.write(folder.resolve("disk"), new byte[SIZE]);
    BlkDriver disk = BlkDriver.pci(0, MicroGuest.DATA);
    MicroGuest guest =
        MicroGuest.code(
                a -> {
                  disk.start(a);
                  disk.request(a, BlkDriver.READ, SIZE / SECTOR, BUFFER, SECTOR);
                  a.print("went on");
                })
            .memory(RAM);

    assertEquals("\nfailed: a request to the disk\n", run(guest, disk(file)));
  }

  @Test
  void shouldDriveTwoDevicesInOneGuest() throws IOException {
    byte[] content = new byte[SIZE];
    Arrays.fill(content, (byte) 'x');
    Path file = Files.write(folder.resolve("disk"), content);
    BlkDriver disk = BlkDriver.pci(0, MicroGuest.DATA);
    VirtioDriver rng = VirtioDriver.pci(VirtioDriver.ENTROPY, 1, MicroGuest.DATA + BlkDriver.BYTES);
    VirtioQueue queue = rng.queue(8);
    MicroGuest guest =
        MicroGuest.code(
                a -> {
                  disk.start(a);
                  rng.start(a);
                  disk.request(a, BlkDriver.READ, 0, BUFFER, SECTOR);
                  queue.describe(a, 3, BUFFER + 64, 256, VirtioQueue.WRITE, 0);
                  a.mov(Reg.RBX, 3);
                  queue.offer(a);
                  queue.publish(a);
                  queue.await(a);
                  disk.request(a, BlkDriver.WRITE, 1, BUFFER, SECTOR);
                })
            .memory(RAM);

    run(guest, disk(file), EntropyDevices.from(Path.of("/dev/urandom")));

    byte[] written = Arrays.copyOfRange(Files.readAllBytes(file), SECTOR, 2 * SECTOR);
    byte[] random = Arrays.copyOfRange(written, 64, 64 + 256);
    assertNotEquals(-1, Arrays.mismatch(random, Arrays.copyOf(content, 256)));
    Arrays.fill(written, 64, 64 + 256, (byte) 'x');
    assertArrayEquals(Arrays.copyOf(content, SECTOR), written);
  }

  private static PciDeviceFactory disk(Path file) {
    return DiskDevices.from(
        new DiskSpec("disks[0]", "disk0", file, null, false, false, 1, 128, "", DiskEngine.AUTO));
  }

  private static String run(MicroGuest guest, PciDeviceFactory... devices) {
    try (MicroMachine vm = MicroMachine.create(guest, spec -> with(spec, List.of(devices)))) {
      vm.machine().boot();
      assertEquals(new VmExit.PowerOff(), vm.awaitExit());
      return vm.console();
    }
  }

  private static MachineSpec with(MachineSpec spec, List<PciDeviceFactory> devices) {
    return MachineSpecs.withDevices(spec, devices.toArray(PciDeviceFactory[]::new));
  }
}
