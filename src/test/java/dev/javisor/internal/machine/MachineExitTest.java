package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.Reg.RAX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VcpuState;
import dev.javisor.event.VmExit;
import dev.javisor.testing.microguest.BareMachine;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import org.junit.jupiter.api.Test;

/** How guests end, from the guest's instruction to the exit that Java sees. */
class MachineExitTest {
  private static final long NO_RAM = 0x7fff_f000L;
  private static final MicroGuest JUMP_INTO_NOTHING =
      MicroGuest.kernelCode(
          a -> {
            a.mov(RAX, NO_RAM);
            a.jmp(RAX);
          });

  @Test
  void shouldBePowerOff_whenTheGuestSwitchesOff() {
    try (MicroMachine vm = MicroGuest.code(a -> a.outb(0x600, 0x34)).boot()) {
      assertEquals(new VmExit.PowerOff(), vm.awaitExit());
      assertEquals(VcpuState.STOPPED, vm.vcpu().state());
      assertTrue(vm.vcpu().exits().get("IO") >= 1, vm.vcpu().toString());
    }
  }

  @Test
  void shouldEndAsTold_whenTheGuestResets() {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.await(Mem.at(MicroGuest.DATA), 1);
              a.outb(0x64, 0xfe);
              a.spin();
            });

    try (MicroMachine vm = guest.boot()) {
      vm.onReset(VmExit.Reset::new);
      vm.memory().writeInt(MicroGuest.DATA, 1);

      assertEquals(new VmExit.Reset(), vm.awaitExit());
      assertEquals(0, vm.reboots());
    }
  }

  @Test
  void shouldBeTripleFault_whenNoExceptionCanBeDelivered() {
    String atCpl3 = tripleFault(MicroGuest.code(a -> a.ud2()));
    String atCpl0 = tripleFault(MicroGuest.kernelCode(a -> a.ud2()));

    String onAmd = "vCPU 0 at its reset vector; .*";
    String elsewhere = "vCPU 0 at rip 0x12[0-9a-f]{4}, cr0 .*, CPL ";
    assertTrue(atCpl3.matches(onAmd + "|" + elsewhere + 3), atCpl3);
    assertTrue(atCpl0.matches(onAmd + "|" + elsewhere + 0), atCpl0);
  }

  @Test
  void shouldTellThatThePositionIsLost_whenTheVcpuHasBeenReset() {
    MicroGuest none = MicroGuest.code(a -> {});
    try (RunningBareMachine vm = new RunningBareMachine(BareMachine.empty(none)).start()) {
      VmExit.Failed exit = assertInstanceOf(VmExit.Failed.class, vm.end.join());

      String message = exit.cause().getMessage();
      assertTrue(message.contains("vCPU 0 at its reset vector; on AMD, KVM resets"), message);
    }
  }

  @Test
  void shouldTellWhere_whenTheGuestJumpsIntoNothing() {
    String message = failure(JUMP_INTO_NOTHING);

    assertTrue(message.startsWith("KVM_EXIT_INTERNAL_ERROR: "), message);
    assertTrue(message.contains("the guest may have jumped to where it has no RAM"), message);
    assertTrue(message.contains("vCPU 0 at rip 0x7ffff000, "), message);
  }

  @Test
  void shouldEndByItself_whenAProgramOfTheGuestJumpsIntoNothing() {
    MicroGuest guest =
        MicroGuest.code(
                a -> {
                  a.mov(RAX, NO_RAM);
                  a.jmp(RAX);
                })
            .withoutTraps();

    try (MicroMachine vm = guest.boot()) {
      VmExit exit = vm.awaitExit();

      // KVM gives the guest an invalid opcode above CPL 0; without virtualization it gives up.
      assertTrue(
          exit instanceof VmExit.TripleFault || exit instanceof VmExit.Failed, exit.toString());
    }
  }

  @Test
  void shouldTellTheInstruction_whenKvmCannotEmulateIt() {
    String message = failure(MicroGuest.kernelCode(a -> a.cmpxchg16b(Mem.at(NO_RAM))));

    assertTrue(
        message.contains("KVM cannot emulate an instruction (suberror 1), instruction bytes"),
        message);
    assertTrue(message.contains("48 0f c7 0c 25 00 f0 ff 7f"), message);
    assertTrue(message.matches("(?s).*; vCPU 0 at rip 0x12[0-9a-f]{4}, .*CPL 0"), message);
  }

  @Test
  void shouldEndAsTheFirstOfThem_whenSeveralVcpusEndAtOnce() {
    MicroGuest guest =
        MicroGuest.code(a -> a.ud2())
            .withoutTraps()
            .cpus(4)
            .setup(MicroGuest::startOthers)
            .secondary(a -> a.ud2());

    try (MicroMachine vm = guest.boot()) {
      assertInstanceOf(VmExit.TripleFault.class, vm.awaitExit());
    }
  }

  private static String tripleFault(MicroGuest guest) {
    try (MicroMachine vm = guest.withoutTraps().boot()) {
      return assertInstanceOf(VmExit.TripleFault.class, vm.awaitExit()).detail();
    }
  }

  private static String failure(MicroGuest guest) {
    try (MicroMachine vm = guest.boot()) {
      return assertInstanceOf(VmExit.Failed.class, vm.awaitExit()).cause().getMessage();
    }
  }
}
