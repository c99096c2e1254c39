package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.Reg.R12;
import static dev.javisor.testing.microguest.Reg.R13;
import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.javisor.config.DiskEngine;
import dev.javisor.config.RateLimiter;
import dev.javisor.event.VmExit;
import dev.javisor.internal.block.file.DiskSpec;
import dev.javisor.testing.microguest.Assembler;
import dev.javisor.testing.microguest.BlkDriver;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A guest copies one half of a disk to the other, whose thread looks for its requests. */
@Timeout(60)
class MachinePollTest {
  private static final int SECTOR = 512;
  private static final int SECTORS = 3000;
  private static final long RAM = 16L << 20;
  private static final long BUFFER = MicroGuest.DATA + 0x10_0000;
  private static final long POLL = 50_000;

  @TempDir Path folder;

  private MicroMachine machine(Path file, DiskEngine engine) {
    BlkDriver disk = BlkDriver.pci(0, MicroGuest.DATA);
    MicroGuest guest =
        MicroGuest.code(
                a -> {
                  disk.start(a);
                  a.mov(R12, 0);
                  a.times(R13, SECTORS, () -> copySector(a, disk));
                  a.powerOff();
                })
            .memory(RAM);
    DiskSpec spec =
        new DiskSpec(
            "disks[0]",
            "disk0",
            file,
            null,
            false,
            false,
            1,
            128,
            "",
            RateLimiter.UNLIMITED,
            engine,
            POLL);
    return MicroMachine.create(guest, machine -> with(machine, DiskDevices.from(spec)));
  }

  private static void copySector(Assembler a, BlkDriver disk) {
    transfer(a, disk, BlkDriver.READ, 0);
    transfer(a, disk, BlkDriver.WRITE, SECTORS);
    a.inc(R12);
  }

  private static void transfer(Assembler a, BlkDriver disk, int type, int offset) {
    disk.prepare(a, 0, type, BUFFER, SECTOR);
    a.mov(RAX, R12);
    a.add(RAX, offset);
    a.mov(RBX, BlkDriver.head(0));
    disk.sector(a);
    disk.queue().offer(a);
    disk.queue().publish(a);
    disk.await(a);
  }

  private static MachineSpec with(MachineSpec spec, PciDeviceFactory disk) {
    return MachineSpecs.withDevices(spec, disk);
  }

  @ParameterizedTest
  @EnumSource(
      value = DiskEngine.class,
      names = {"SYNC", "IO_URING"})
  void shouldServeEveryRequest_whileItIsPausedAgainAndAgain(DiskEngine engine) throws IOException {
    byte[] content = new byte[2 * SECTORS * SECTOR];
    new Random(7).nextBytes(content);
    Path file = Files.write(folder.resolve("disk"), content);
    try (MicroMachine vm = machine(file, engine)) {
      vm.machine().boot();
      for (int i = 0; i < 20; i++) {
        vm.machine().pause();
        vm.machine().resume();
      }

      assertEquals(new VmExit.PowerOff(), vm.awaitExit());
    }
    System.arraycopy(content, 0, content, SECTORS * SECTOR, SECTORS * SECTOR);
    assertArrayEquals(content, Files.readAllBytes(file));
  }
}
