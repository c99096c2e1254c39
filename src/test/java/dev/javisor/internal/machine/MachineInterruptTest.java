package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.MicroGuest.DATA;
import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static dev.javisor.testing.microguest.Reg.RCX;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VcpuInfo;
import dev.javisor.event.VcpuState;
import dev.javisor.event.VmExit;
import dev.javisor.internal.acpi.GenericEvents;
import dev.javisor.internal.kvm.Kvm;
import dev.javisor.testing.microguest.Assembler;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Interrupts from a device's pin to the guest's handler, and between processors. */
@Timeout(60)
class MachineInterruptTest {
  private static final int VECTOR = 0x40;
  private static final int SERIAL = 0x3f8;
  private static final int SERIAL_PIN = 4;
  private static final Mem COUNT = Mem.at(DATA);

  @Test
  void shouldInterrupt_whenTheSerialPortReceives() {
    MicroGuest guest =
        MicroGuest.code(
                a -> {
                  a.outb(SERIAL + 1, 1);
                  a.print("r");
                  a.spin();
                })
            .setup(a -> MicroGuest.unmask(a, SERIAL_PIN, VECTOR))
            .handler(
                VECTOR,
                a -> {
                  a.in(1, SERIAL);
                  // Before the character is seen, which ends the wait for it.
                  a.inc(4, COUNT);
                  a.out(1, SERIAL);
                });

    try (MicroMachine vm = guest.boot()) {
      vm.awaitConsole("r");
      String sent = "the quick brown fox";
      for (int i = 0; i < sent.length(); i++) {
        type(vm, sent.substring(i, i + 1));
        vm.awaitConsole("r" + sent.substring(0, i + 1));
      }

      assertEquals(sent.length(), vm.memory().readInt(DATA));
    }
  }

  @Test
  void shouldNotInterrupt_whenThePinIsMasked() {
    MicroGuest guest =
        MicroGuest.code(
                a -> {
                  a.outb(SERIAL + 1, 1);
                  a.print("r");
                  a.forever(
                      () -> {
                        a.mov(RAX, 0);
                        a.in(1, SERIAL + 5);
                        a.and(RAX, 1);
                        a.store(4, Mem.at(DATA + 8), RAX);
                      });
                })
            .handler(VECTOR, a -> a.inc(4, COUNT));

    try (MicroMachine vm = guest.boot()) {
      vm.awaitConsole("r");
      type(vm, "x");
      vm.await(() -> vm.memory().readInt(DATA + 8) == 1, "the byte is there");

      assertEquals(0, vm.memory().readInt(DATA));
    }
  }

  @Test
  void shouldInterruptAndTellWhatFor_whenThePowerButtonIsPressed() {
    long register = genericEvents();
    MicroGuest guest =
        MicroGuest.code(
                a -> {
                  a.print("r");
                  a.await(COUNT, GenericEvents.POWER_BUTTON);
                })
            .map(register)
            .setup(a -> MicroGuest.unmask(a, Devices.GENERIC_EVENTS_PIN, VECTOR))
            .handler(
                VECTOR,
                a -> {
                  a.mov(RCX, register);
                  a.mov(RAX, 0);
                  a.load(1, RAX, Mem.at(RCX));
                  a.store(4, COUNT, RAX);
                });

    try (MicroMachine vm = guest.boot()) {
      vm.awaitConsole("r");
      vm.machine().powerButton();

      assertEquals(new VmExit.PowerOff(), vm.awaitExit());
    }
  }

  @Test
  void shouldInterruptAfterTheResume_whenThePowerButtonIsPressedInAPause() {
    long register = genericEvents();
    MicroGuest guest =
        MicroGuest.code(
                a -> {
                  a.print("r");
                  a.await(COUNT, 1);
                })
            .map(register)
            .setup(a -> MicroGuest.unmask(a, Devices.GENERIC_EVENTS_PIN, VECTOR))
            .handler(VECTOR, a -> a.store(4, COUNT, 1));

    try (MicroMachine vm = guest.boot()) {
      vm.awaitConsole("r");
      vm.machine().pause();
      vm.machine().powerButton();
      vm.machine().resume();

      assertEquals(new VmExit.PowerOff(), vm.awaitExit());
    }
  }

  @Test
  void shouldRunFourVcpus_whenTheGuestStartsThem() {
    MicroGuest guest =
        MicroGuest.code(a -> a.await(Mem.at(DATA + 8), 3))
            .cpus(4)
            .setup(
                a -> {
                  MicroGuest.startOthers(a);
                  a.await(COUNT, 3);
                  int fixedToAllButSelf = 3 << 18;
                  a.wrmsr(0x830, fixedToAllButSelf | VECTOR);
                })
            .secondary(
                a -> {
                  a.lockInc(4, COUNT);
                  a.spin();
                })
            .handler(
                VECTOR,
                a -> {
                  // At CPL 0: elsewhere a host without virtualization shows its own CPUID.
                  a.push(RBX);
                  a.mov(RAX, 1);
                  a.cpuid();
                  a.shr(RBX, 24);
                  a.print("[");
                  a.mov(RAX, RBX);
                  a.add(RAX, '0');
                  a.out(1, SERIAL);
                  a.pop(RBX);
                  a.lockInc(4, Mem.at(DATA + 8));
                });

    try (MicroMachine vm = guest.boot()) {
      assertEquals(new VmExit.PowerOff(), vm.awaitExit());
      String ids = vm.console().replace("[", "");
      assertEquals(Set.of('1', '2', '3'), ids.chars().mapToObj(c -> (char) c).collect(toSet()));
      assertEquals(4, vm.machine().vcpus().size());
      for (VcpuInfo vcpu : vm.machine().vcpus()) {
        assertEquals(VcpuState.STOPPED, vcpu.state());
      }
    }
  }

  @Test
  void shouldTellWhatVcpusDo_whenTheyIdleHaltOrWait() {
    assertStates(MicroGuest.kernelCode(a -> a.forever(a::hlt)), VcpuState.HALTED, false);
    assertStates(
        MicroGuest.kernelCode(
                a -> {
                  a.sti();
                  a.forever(a::hlt);
                })
            .handler(VECTOR, a -> {}),
        VcpuState.IDLE,
        false);
    assertStates(MicroGuest.code(Assembler::spin).cpus(2), VcpuState.RUNNING, true);
  }

  @Test
  void shouldWakeUp_whenAnIdleVcpuIsInterrupted() {
    MicroGuest guest =
        MicroGuest.kernelCode(
                a -> {
                  MicroGuest.unmask(a, SERIAL_PIN, VECTOR);
                  a.outb(SERIAL + 1, 1);
                  a.print("r");
                  a.sti();
                  a.forever(a::hlt);
                })
            .handler(
                VECTOR,
                a -> {
                  a.in(1, SERIAL);
                  a.powerOff();
                });

    try (MicroMachine vm = guest.boot()) {
      vm.awaitConsole("r");
      vm.await(() -> vm.vcpu().state() == VcpuState.IDLE, "it idles");
      vm.machine().pause();
      assertEquals(VcpuState.PAUSED, vm.vcpu().state());
      vm.machine().resume();
      type(vm, "x");

      assertEquals(new VmExit.PowerOff(), vm.awaitExit());
    }
  }

  private static void assertStates(MicroGuest guest, VcpuState first, boolean othersWait) {
    try (MicroMachine vm = guest.boot()) {
      List<VcpuInfo> vcpus = new ArrayList<>();
      vm.await(() -> answer(vm, vcpus).get(0).state() == first, "the first vCPU is " + first);
      for (VcpuInfo other : vcpus.subList(1, vcpus.size())) {
        assertEquals(othersWait ? VcpuState.WAITING : first, other.state());
      }
      assertTrue(vcpus.get(0).rip().isPresent());
    }
  }

  /** What all vCPUs do; asks again where a busy host had no time for one of them. */
  private static List<VcpuInfo> answer(MicroMachine vm, List<VcpuInfo> vcpus) {
    do {
      vcpus.clear();
      vcpus.addAll(vm.machine().vcpus());
    } while (vcpus.stream().anyMatch(vcpu -> vcpu.state() == VcpuState.UNKNOWN));
    return vcpus;
  }

  private static void type(MicroMachine vm, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    assertEquals(bytes.length, vm.machine().consoleInput(bytes, 0, bytes.length));
  }

  private static long genericEvents() {
    int bits = new KvmPlatform(Kvm.DEVICE).facts().physicalAddressBits();
    return (1L << bits) - (64 << 10) - (1 << 20);
  }
}
