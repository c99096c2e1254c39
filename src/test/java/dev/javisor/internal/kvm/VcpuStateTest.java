package dev.javisor.internal.kvm;

import static dev.javisor.testing.microguest.MicroGuest.DATA;
import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static dev.javisor.testing.microguest.Reg.RCX;
import static dev.javisor.testing.microguest.Reg.RDX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.microguest.Assembler;
import dev.javisor.testing.microguest.BareMachine;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A guest that goes on in another machine does not notice. */
@Timeout(60)
class VcpuStateTest {
  private static final int PORT = 0x80;
  private static final int VECTOR = 0x51;
  private static final long TO_CPU_0 = 0xfee0_0000L;

  @Test
  void shouldGoOnCounting_whenMovedOften() {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.mov(RBX, 0);
              a.movq(0, RBX);
              a.bytes(0xd9, 0xee); // fldz
              a.forever(
                  () -> {
                    a.inc(RBX);
                    a.mov(RAX, RBX);
                    a.out(4, PORT);
                    a.movq(RAX, 0);
                    a.inc(RAX);
                    a.movq(0, RAX);
                    a.out(4, PORT);
                    a.bytes(0xd9, 0xe8, 0xde, 0xc1); // fld1; faddp
                    a.bytes(0xdb, 0x14, 0x25); // fist [DATA]
                    a.value(4, DATA);
                    a.load(4, RAX, Mem.at(DATA));
                    a.out(4, PORT);
                  });
            });
    List<Long> seen = new ArrayList<>();
    BareMachine vm = guest.bare();
    try {
      for (int i = 0; i < 30; i++) {
        seen.add(vm.runTo(KvmExit.IO).ioValue(0));
        BareMachine next = move(vm, guest);
        vm.close();
        vm = next;
      }
    } finally {
      vm.close();
    }

    for (int i = 0; i < 30; i++) {
      assertEquals(i / 3 + 1, seen.get(i), seen.toString());
    }
  }

  @Test
  void shouldFindItsModelSpecificRegisters_whenMoved() {
    Map<Integer, Long> msrs =
        Map.of(
            0xc000_0102, 0x1234_5678_9abcL, // KERNEL_GS_BASE
            0xc000_0082, 0xffff_8000_1122_3344L, // LSTAR
            0xc000_0081, 0x0023_0010_0000_0000L, // STAR
            0x176, 0x5566_7788L); // SYSENTER_EIP
    MicroGuest guest =
        MicroGuest.kernelCode(
            a -> {
              msrs.forEach(a::wrmsr);
              a.outb(PORT, 0);
              msrs.forEach(
                  (index, value) -> {
                    a.rdmsr(index);
                    a.mov(RBX, RDX);
                    a.out(4, PORT);
                    a.mov(RAX, RBX);
                    a.out(4, PORT);
                  });
            });
    try (BareMachine vm = guest.bare()) {
      vm.runTo(KvmExit.IO);
      try (BareMachine heir = move(vm, guest)) {
        msrs.forEach(
            (index, value) -> {
              long low = heir.runTo(KvmExit.IO).ioValue(0);
              assertEquals(value, low | heir.runTo(KvmExit.IO).ioValue(0) << 32, "MSR " + index);
            });
      }
    }
  }

  /** How the local APIC's timer is set. */
  enum Timer {
    ONE_SHOT,
    PERIODIC,
    TSC_DEADLINE;

    void arm(Assembler a) {
      if (this == TSC_DEADLINE) {
        a.wrmsr(0x832, 2 << 17 | VECTOR);
        a.bytes(0x0f, 0x31); // rdtsc
        a.shl(RDX, 32);
        a.add(RAX, RDX);
        a.mov(RDX, 60_000_000);
        a.add(RAX, RDX);
        a.mov(RDX, RAX);
        a.shr(RDX, 32);
        a.mov(RCX, 0x6e0);
        a.bytes(0x0f, 0x30); // wrmsr
      } else {
        a.wrmsr(0x832, (this == PERIODIC ? 1 << 17 : 0) | VECTOR);
        a.wrmsr(0x83e, 0xb);
        a.wrmsr(0x838, 20_000_000);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldGetItsTimerInterrupt_whenMovedAfterArmingIt(Timer timer) {
    MicroGuest guest =
        MicroGuest.kernelCode(
                a -> {
                  timer.arm(a);
                  a.outb(PORT, 1);
                  a.sti();
                  a.forever(a::hlt);
                })
            .handler(VECTOR, a -> a.outb(PORT, 2));
    try (BareMachine vm = guest.bare()) {
      assertEquals(1, vm.runTo(KvmExit.IO).ioValue(0));
      try (BareMachine heir = move(vm, guest)) {
        assertEquals(2, heir.runTo(KvmExit.IO).ioValue(0));
        if (timer == Timer.PERIODIC) {
          assertEquals(2, heir.runTo(KvmExit.IO).ioValue(0));
        }
      }
    }
  }

  @Test
  void shouldGetAnInterruptThatWasPending_whenMoved() {
    MicroGuest guest =
        MicroGuest.kernelCode(
                a -> {
                  a.outb(PORT, 1);
                  a.outb(PORT, 2);
                  a.sti();
                  a.spin();
                })
            .handler(VECTOR, a -> a.outb(PORT, 3));
    try (BareMachine vm = guest.bare()) {
      vm.runTo(KvmExit.IO);
      vm.vm().signalMsi(TO_CPU_0, VECTOR);
      vm.runTo(KvmExit.IO);
      try (BareMachine heir = move(vm, guest)) {
        assertEquals(3, heir.runTo(KvmExit.IO).ioValue(0));
      }
    }
  }

  @Test
  void shouldBeTheSame_whenSavedAgainAfterTheRestore() {
    MicroGuest guest = MicroGuest.code(a -> a.outb(PORT, 1));
    try (BareMachine vm = guest.bare()) {
      vm.runTo(KvmExit.IO);
      VcpuState saved = save(vm);
      try (BareMachine heir = BareMachine.empty(guest)) {
        heir.vcpu().restore(saved);
        VcpuState again = heir.vcpu().save(heir.kvm().msrIndices());

        assertEquals(saved.cpuid(), again.cpuid());
        assertEquals(saved.mpState(), again.mpState());
        assertEquals(saved.regs(), again.regs());
        assertEquals(saved.sregs(), again.sregs());
        assertEquals(saved.xsave(), again.xsave());
        assertEquals(saved.xcrs(), again.xcrs());
        assertEquals(saved.debugRegs(), again.debugRegs());
        assertEquals(saved.events(), again.events());
        assertEquals(saved.tscKhz(), again.tscKhz());
        assertEquals(
            saved.msrs().stream().map(Msr::index).toList(),
            again.msrs().stream().map(Msr::index).toList());
      }
    }
  }

  @Test
  void shouldRefuse_whenTheVersionIsUnknown() {
    assertRefused(
        s ->
            new VcpuState(
                VcpuState.VERSION + 1,
                s.cpuid(),
                s.mpState(),
                s.regs(),
                s.sregs(),
                s.xsave(),
                s.xcrs(),
                s.debugRegs(),
                s.lapic(),
                s.events(),
                s.msrs(),
                s.tscKhz()));
  }

  @Test
  void shouldRefuseAndChangeNothing_whenAStructureHasAnotherSize() {
    for (int part = 0; part < 9; part++) {
      for (int change : new int[] {-1, 1, Integer.MIN_VALUE}) {
        int which = part;
        assertRefused(s -> resized(s, which, change));
      }
    }
  }

  @Test
  void shouldRefuse_whenTheCpuidEntriesAreMiscounted() {
    for (int count : new int[] {-1, 0x7fff_ffff, 0x1000_0000, 257, 1}) {
      assertRefused(
          s -> {
            byte[] cpuid = s.cpuid().bytes();
            for (int i = 0; i < 4; i++) {
              cpuid[i] = (byte) (count >>> 8 * i);
            }
            return with(s, 0, new Blob(cpuid));
          });
    }
  }

  private static void assertRefused(UnaryOperator<VcpuState> change) {
    MicroGuest guest = MicroGuest.code(a -> a.outb(PORT, 1));
    try (BareMachine vm = guest.bare();
        BareMachine heir = BareMachine.empty(guest)) {
      VcpuState good = save(vm);
      VcpuState bad = change.apply(good);
      long[] before = heir.vcpu().registers();

      assertThrows(IllegalArgumentException.class, () -> heir.vcpu().restore(bad));

      assertTrue(Arrays.equals(before, heir.vcpu().registers()));
      heir.vcpu().restore(good);
    }
  }

  private static VcpuState resized(VcpuState s, int part, int change) {
    Blob blob =
        List.of(
                s.cpuid(),
                s.mpState(),
                s.regs(),
                s.sregs(),
                s.xsave(),
                s.xcrs(),
                s.debugRegs(),
                s.lapic(),
                s.events())
            .get(part);
    int size = change == Integer.MIN_VALUE ? 0 : blob.size() + change;
    return with(s, part, new Blob(Arrays.copyOf(blob.bytes(), size)));
  }

  private static VcpuState with(VcpuState s, int part, Blob blob) {
    return new VcpuState(
        s.version(),
        part == 0 ? blob : s.cpuid(),
        part == 1 ? blob : s.mpState(),
        part == 2 ? blob : s.regs(),
        part == 3 ? blob : s.sregs(),
        part == 4 ? blob : s.xsave(),
        part == 5 ? blob : s.xcrs(),
        part == 6 ? blob : s.debugRegs(),
        part == 7 ? blob : s.lapic(),
        part == 8 ? blob : s.events(),
        s.msrs(),
        s.tscKhz());
  }

  private static VcpuState save(BareMachine vm) {
    vm.vcpu().requestImmediateExit(true);
    assertTrue(vm.vcpu().run() < 0);
    vm.vcpu().requestImmediateExit(false);
    return vm.vcpu().save(vm.kvm().msrIndices());
  }

  private static BareMachine move(BareMachine from, MicroGuest guest) {
    VcpuState state = save(from);
    BareMachine to = BareMachine.empty(guest);
    to.copyMemory(from);
    to.vcpu().restore(state);
    return to;
  }
}
