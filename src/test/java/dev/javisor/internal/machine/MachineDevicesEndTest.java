package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.Reg.RBX;
import static dev.javisor.testing.microguest.Reg.RSI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import dev.javisor.config.DiskEngine;
import dev.javisor.event.VmExit;
import dev.javisor.internal.block.file.DiskSpec;
import dev.javisor.internal.pci.PciDevice;
import dev.javisor.testing.microguest.Assembler;
import dev.javisor.testing.microguest.HostResources;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroDriver;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.InOrder;

/** What becomes of devices, and of what they have under way, when the guest reboots or ends. */
@Timeout(60)
class MachineDevicesEndTest {
  private static final int REBOOTS = 5;
  private static final int VECTOR = 0x41;
  private static final MicroDriver DISK = new MicroDriver(1);
  private static final MicroDriver.Queue REQUESTS = DISK.chains(0);
  private static final MicroDriver RNG = new MicroDriver(2);
  private static final MicroDriver.Queue ENTROPY = RNG.queue(0, 0);

  @Test
  void shouldStartOver_whenTheGuestRebootsWhileTheyWork(@TempDir Path folder) throws IOException {
    Path disk = Files.write(folder.resolve("disk.raw"), new byte[4096]);
    MicroGuest guest =
        MicroGuest.code(
                a -> {
                  tell(a, DISK);
                  tell(a, RNG);
                  writeOnce(a, 1);
                  REQUESTS.await(a);
                  ENTROPY.await(a);
                  REQUESTS.submit(a);
                  ENTROPY.submit(a);
                  a.print("\n");
                  a.reset();
                })
            .handler(VECTOR, a -> {});
    PciDeviceFactory rng = EntropyDevices.from(Path.of("/dev/urandom"));
    DiskSpec spec = spec(disk, null);
    try (MicroMachine vm =
        MicroMachine.create(guest, s -> with(s, List.of(DiskDevices.from(spec), rng)))) {
      AtomicInteger resets = new AtomicInteger();
      vm.onReset(() -> resets.incrementAndGet() <= REBOOTS ? null : new VmExit.Reset());
      vm.machine().boot();

      assertEquals(new VmExit.Reset(), vm.awaitExit());
      List<String> boots = vm.console().lines().toList();
      assertEquals(REBOOTS + 1, boots.size());
      assertEquals(List.of(boots.get(0)), boots.stream().distinct().toList());
      assertEquals(1, Files.readAllBytes(disk)[0]);
    }
  }

  @Test
  void shouldMakeDurableWhatTheGuestWrote_whenItPowersOff(@TempDir Path folder) throws IOException {
    AtomicReference<PciDevice<?>> device = new AtomicReference<>();
    try (MicroMachine vm = watched(folder, device, Assembler::powerOff)) {
      vm.machine().boot();
      assertEquals(new VmExit.PowerOff(), vm.awaitExit());
    }

    InOrder order = inOrder(device.get());
    order.verify(device.get()).keepWrites();
    order.verify(device.get()).close();
  }

  @Test
  void shouldNotWaitForTheHostsDisk_whenKilled(@TempDir Path folder) throws IOException {
    AtomicReference<PciDevice<?>> device = new AtomicReference<>();
    try (MicroMachine vm = watched(folder, device, Assembler::spin)) {
      vm.machine().boot();
      vm.machine().kill();
      assertEquals(new VmExit.Killed(), vm.awaitExit());
    }

    verify(device.get(), never()).keepWrites();
    verify(device.get()).close();
  }

  @Test
  void shouldFinishWhatIsUnderWay_whenClosed() throws InterruptedException {
    HeldDisk held = new HeldDisk(4096);
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              writeOnce(a, 7);
              a.spin();
            });
    DiskSpec spec = spec(null, held);
    HostResources before = HostResources.now();
    ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    held.hold();
    try (MicroMachine vm =
        MicroMachine.create(
            guest,
            s ->
                with(
                    s,
                    List.of(
                        DiskDevices.from(spec), EntropyDevices.from(Path.of("/dev/urandom")))))) {
      vm.machine().boot();
      held.holdOne();
      later.schedule(held::release, 50, TimeUnit.MILLISECONDS);

      vm.machine().close();

      assertEquals(List.of(7L), held.firstWords());
    } finally {
      later.shutdown();
      assertTrue(later.awaitTermination(10, TimeUnit.SECONDS));
    }
    HostResources.awaitReturnTo(before);
  }

  /** Prints what a driver finds before it starts: BAR, command and MSI-X control. */
  private static void tell(Assembler a, MicroDriver driver) {
    int[] registers = {0x10, 0x14, 0x04, 0x40};
    for (int register : registers) {
      a.mov(RBX, driver.config());
      a.mov(RSI, 0);
      a.load(4, RSI, Mem.at(RBX, register));
      a.printHex(RSI);
    }
  }

  /** Starts the devices, with interrupts, and writes a number to the disk's first sector. */
  private static void writeOnce(Assembler a, int number) {
    long header = REQUESTS.buffers();
    REQUESTS.part(a, 0, header, 16, false, false);
    REQUESTS.part(a, 1, header + 0x200, 512, false, false);
    REQUESTS.part(a, 2, header + 0x10, 1, true, true);
    ENTROPY.part(a, 0, ENTROPY.buffers(), 64, true, true);
    a.store(4, Mem.at(header), 1);
    a.store(4, Mem.at(header + 0x200), number);
    DISK.interrupts(a, VECTOR);
    DISK.start(a, REQUESTS);
    RNG.interrupts(a, VECTOR);
    RNG.start(a, ENTROPY);
    REQUESTS.submit(a);
    ENTROPY.submit(a);
  }

  private static MicroMachine watched(
      Path folder, AtomicReference<PciDevice<?>> device, Consumer<Assembler> end)
      throws IOException {
    Path disk = Files.write(folder.resolve("disk.raw"), new byte[4096]);
    PciDeviceFactory real = DiskDevices.from(spec(disk, null));
    PciDeviceFactory watched =
        host -> {
          PciDevice<?> made = mock(PciDevice.class, delegatesTo(real.create(host)));
          device.set(made);
          return made;
        };
    return MicroMachine.create(MicroGuest.code(end), spec -> with(spec, List.of(watched)));
  }

  private static DiskSpec spec(Path path, HeldDisk backend) {
    return new DiskSpec("disk0", "disk0", path, backend, false, false, 1, 16, "", DiskEngine.AUTO);
  }

  private static MachineSpec with(MachineSpec spec, List<PciDeviceFactory> devices) {
    return MachineSpecs.withDevices(spec, devices.toArray(PciDeviceFactory[]::new));
  }
}
