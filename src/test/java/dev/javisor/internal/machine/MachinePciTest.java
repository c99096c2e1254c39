package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.MicroGuest.DATA;
import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.javisor.error.BootStage;
import dev.javisor.event.VmExit;
import dev.javisor.testing.microguest.Assembler;
import dev.javisor.testing.microguest.HostResources;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device on the PCI bus: found, moved, rung without an exit, and answering by MSI-X. */
@Timeout(60)
class MachinePciTest {
  private static final int VECTOR = 0x41;
  private static final long LAPIC = 0xfee0_0000L;
  private static final long BAR = 0xc000_0000L;
  private static final long AWAY = 0xd000_0000L;
  private static final long CONFIG = 0xe800_0000L + (1 << 15);
  private static final int MSIX_CONTROL = 0x42;
  private static final Mem COUNT = Mem.at(DATA);
  private static final Mem EXITS = Mem.at(DATA + 8);

  private final List<BellDevice> devices = new ArrayList<>();

  private MachineSpec withBell(MachineSpec spec) {
    return withBell(spec, Optional.empty());
  }

  private MachineSpec withBell(MachineSpec spec, Optional<QueueLoop> loop) {
    return MachineSpecs.withLoop(MachineSpecs.withDevices(spec, this::bell), loop);
  }

  private BellDevice bell(DeviceHost host) {
    BellDevice device = new BellDevice(host);
    devices.add(device);
    return device;
  }

  private MicroMachine boot(MicroGuest guest) {
    MicroMachine vm = MicroMachine.create(guest, this::withBell);
    vm.machine().boot();
    return vm;
  }

  private static MicroGuest guest(Consumer<Assembler> code) {
    return MicroGuest.code(code).handler(VECTOR, a -> a.inc(4, COUNT));
  }

  private static void enable(Assembler a, long bar) {
    a.mov(RBX, bar + BellDevice.TABLE);
    a.store(4, Mem.at(RBX), (int) LAPIC);
    a.store(4, Mem.at(RBX, 4), 0);
    a.store(4, Mem.at(RBX, 8), VECTOR);
    a.store(4, Mem.at(RBX, 12), 0);
    a.mov(RBX, CONFIG);
    a.store(2, Mem.at(RBX, MSIX_CONTROL), 0x8000);
  }

  private static void ring(Assembler a, long bar, int expected) {
    a.mov(RBX, bar);
    a.store(2, Mem.at(RBX, BellDevice.BELL), 1);
    // A worker that is told to go on after a pause or a reset rings once more, however late.
    a.awaitAtLeast(COUNT, expected);
  }

  private static void countExits(Assembler a, long bar) {
    a.mov(RBX, bar);
    a.load(4, RAX, Mem.at(RBX, BellDevice.EXITS));
    a.store(4, EXITS, RAX);
  }

  @Test
  void shouldFindTheBridgeByBothWays() {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.mov(RBX, 0xe800_0000L);
              a.load(4, RAX, Mem.at(RBX));
              a.store(4, Mem.at(DATA), RAX);
              a.out(4, 0xcf8, 0x8000_0000L);
              a.in(4, 0xcfc);
              a.store(4, Mem.at(DATA + 4), RAX);
              a.print("x");
              a.spin();
            });
    try (MicroMachine vm = guest.boot()) {
      vm.awaitConsole("x");

      assertEquals(0x0d57_8086, vm.memory().readInt(DATA));
      assertEquals(0x0d57_8086, vm.memory().readInt(DATA + 4));
    }
  }

  @Test
  void shouldPassOnWhatDevicesTellAndCount() {
    MicroGuest guest =
        guest(
            a -> {
              enable(a, BAR);
              ring(a, BAR, 1);
              ring(a, BAR, 2);
              a.print("x");
              a.spin();
            });
    MicroMachine vm = boot(guest);
    try (vm) {
      vm.awaitConsole("x");

      assertEquals(List.of("activated bell0", "reset bell0"), vm.deviceEvents());
      assertEquals(Map.of("bell0", Map.of("rings", 2L)), vm.machine().counters());
    }

    assertEquals(2L, vm.machine().counters().get("bell0").get("rings"), "after the end");
  }

  @Test
  void shouldInterruptByMsix_whenTheDoorbellIsRungWithoutAnExit() {
    MicroGuest guest =
        guest(
            a -> {
              enable(a, BAR);
              for (int i = 1; i <= 20; i++) {
                ring(a, BAR, i);
              }
              countExits(a, BAR);
              a.print("x");
              a.spin();
            });
    try (MicroMachine vm = boot(guest)) {
      vm.awaitConsole("x");

      assertEquals(20, vm.memory().readInt(DATA));
      assertEquals(0, vm.memory().readInt(DATA + 8));
    }
  }

  @Test
  void shouldServeTwoMachinesByOneLoop() {
    MicroGuest guest =
        guest(
            a -> {
              enable(a, BAR);
              for (int i = 1; i <= 20; i++) {
                ring(a, BAR, i);
              }
            });
    QueueLoop loop = new QueueLoop(body -> new Thread(body, "micro loop"));
    try (MicroMachine one = MicroMachine.create(guest, spec -> withBell(spec, Optional.of(loop)));
        MicroMachine two = MicroMachine.create(guest, spec -> withBell(spec, Optional.of(loop)))) {
      one.machine().boot();
      two.machine().boot();

      assertEquals(new VmExit.PowerOff(), one.awaitExit());
      assertEquals(new VmExit.PowerOff(), two.awaitExit());
      assertEquals(20, devices.get(0).rung.get());
      assertEquals(20, devices.get(1).rung.get());
    }
  }

  @Test
  void shouldTakeTheDoorbellAlong_whenTheBarMoves() {
    MicroGuest guest =
        guest(
            a -> {
              enable(a, BAR);
              ring(a, BAR, 1);
              a.mov(RBX, CONFIG);
              a.store(4, Mem.at(RBX, 0x10), (int) AWAY);
              ring(a, AWAY, 2);
              // Nothing is there any more.
              a.mov(RBX, BAR);
              a.store(2, Mem.at(RBX), 1);
              a.mov(RBX, CONFIG);
              a.store(2, Mem.at(RBX, 4), 0);
              a.store(4, Mem.at(RBX, 0x10), (int) BAR);
              a.store(2, Mem.at(RBX, 4), 2);
              ring(a, BAR, 3);
              countExits(a, BAR);
              a.print("x");
              a.spin();
            });
    try (MicroMachine vm = boot(guest)) {
      vm.awaitConsole("x");

      assertEquals(3, vm.memory().readInt(DATA));
      assertEquals(0, vm.memory().readInt(DATA + 8));
      assertEquals(3, devices.get(0).rung.get());
    }
  }

  @Test
  void shouldStartOver_whenTheGuestResets() {
    MicroGuest guest =
        guest(
            a -> {
              a.mov(RBX, CONFIG);
              a.load(2, RAX, Mem.at(RBX, MSIX_CONTROL));
              a.and(RAX, 0x8000);
              a.store(4, Mem.at(DATA + 16), RAX);
              enable(a, BAR);
              ring(a, BAR, 1);
              a.mov(RBX, CONFIG);
              a.store(4, Mem.at(RBX, 0x10), (int) AWAY);
              ring(a, AWAY, 2);
              a.print("x");
              a.reset();
              a.spin();
            });
    try (MicroMachine vm = MicroMachine.create(guest, this::withBell)) {
      AtomicInteger resets = new AtomicInteger();
      vm.onReset(() -> resets.incrementAndGet() <= 10 ? null : new VmExit.Reset());
      vm.machine().boot();

      assertEquals(new VmExit.Reset(), vm.awaitExit());
      assertEquals("x".repeat(11), vm.console());
      assertEquals(0, devices.get(0).exits.get());
      assertEquals(1, devices.size());
    }
  }

  @Test
  void shouldServeTheDoorbellAfterTheResume_whenItIsRungInAPause() {
    MicroGuest guest =
        guest(
            a -> {
              enable(a, BAR);
              ring(a, BAR, 1);
              a.print("x");
              a.await(COUNT, 2);
            });
    try (MicroMachine vm = boot(guest)) {
      vm.awaitConsole("x");
      vm.machine().pause();
      int before = devices.get(0).rung.get();
      devices.get(0).worker().wake();
      assertEquals(before, devices.get(0).rung.get());
      vm.machine().resume();

      assertEquals(new VmExit.PowerOff(), vm.awaitExit());
    }
  }

  @Test
  void shouldReleaseEverything_whenTheMachineEnds() {
    HostResources before = HostResources.now();
    try (MicroMachine vm = boot(guest(Assembler::spin))) {
      vm.machine().close();

      HostResources.awaitReturnTo(before);
    }
  }

  @Test
  void shouldReleaseEverything_whenALaterDeviceCannotBeMade() {
    HostResources before = HostResources.now();
    try (MicroMachine vm =
        MicroMachine.create(
            guest(Assembler::spin),
            spec -> {
              PciDeviceFactory missing =
                  host -> {
                    throw new IllegalStateException("no such disk");
                  };
              return MachineSpecs.withDevices(spec, this::bell, missing);
            })) {
      MachineBootException e = assertThrows(MachineBootException.class, () -> vm.machine().boot());

      assertEquals(BootStage.DEVICES, e.stage());
      vm.machine().close();
      HostResources.awaitReturnTo(before);
    }
  }
}
