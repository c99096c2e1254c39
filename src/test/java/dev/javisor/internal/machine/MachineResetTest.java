package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.MicroGuest.DATA;
import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VmExit;
import dev.javisor.testing.microguest.Assembler;
import dev.javisor.testing.microguest.Condition;
import dev.javisor.testing.microguest.Label;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A guest that starts over finds the machine as it was at first. */
@Timeout(60)
class MachineResetTest {
  private static final int PM_TIMER = 0x608;
  private static final int SCRATCH = 0x3ff;

  @Test
  void shouldFindEverythingAsAtFirst_whenTheGuestResetsTwentyTimes() {
    assertStartsOver(a -> a.outb(0x600, 1));
  }

  @Test
  void shouldFindEverythingAsAtFirst_whenTheGuestResetsByTheKeyboardController() {
    assertStartsOver(a -> a.outb(0x64, 0xfe));
  }

  private static void assertStartsOver(Consumer<Assembler> reset) {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              Label dirty = a.label();
              a.cmp(4, Mem.at(DATA), 0);
              a.jump(Condition.NOT_EQUAL, dirty);
              a.mov(RAX, 0);
              a.in(1, SCRATCH);
              a.cmp(RAX, 0);
              a.jump(Condition.NOT_EQUAL, dirty);
              a.print("b");
              a.store(4, Mem.at(DATA), -1);
              a.outb(SCRATCH, 0x5a);
              reset.accept(a);
              a.spin();
              a.here(dirty);
              a.print("dirty");
              a.powerOff();
            });
    try (MicroMachine vm = MicroMachine.create(guest, spec -> spec)) {
      AtomicInteger resets = new AtomicInteger();
      vm.onReset(() -> resets.incrementAndGet() <= 20 ? null : new VmExit.Reset());
      vm.machine().boot();

      assertEquals(new VmExit.Reset(), vm.awaitExit());
      assertEquals(20, vm.reboots());
      assertEquals("b".repeat(21), vm.console());
    }
  }

  @Test
  void shouldStartOverOnce_whenAGuestResetsTwiceAtOnce() {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.print("b");
              a.await(Mem.at(DATA), 1);
              a.outb(0x600, 1);
              a.outb(0x64, 0xfe);
              a.outb(0x600, 1);
              a.spin();
            });
    try (MicroMachine vm = guest.boot()) {
      vm.awaitConsole("b");
      vm.memory().writeInt(DATA, 1);
      vm.awaitConsole("bb");

      assertEquals(1, vm.reboots());
      assertEquals("bb", vm.console());
      assertNull(vm.exit());
    }
  }

  @Test
  void shouldRunAgain_whenTheHostResetsAPausedMachine() {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.in(4, PM_TIMER);
              a.mov(RBX, RAX);
              Label again = a.here(a.label());
              a.in(4, PM_TIMER);
              a.cmp(RAX, RBX);
              a.jump(Condition.EQUAL, again);
              a.print("moves");
              a.spin();
            });
    try (MicroMachine vm = guest.boot()) {
      vm.awaitConsole("moves");
      vm.machine().pause();

      vm.machine().reset();

      vm.awaitConsole("movesmoves");
      assertFalse(vm.machine().vcpus().isEmpty());
    }
  }

  @Test
  void shouldKeepStill_whenTheGuestsResetComesWithThePause() {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.times(RBX, 20_000, () -> a.inc(8, Mem.at(DATA)));
              a.reset();
            });
    try (MicroMachine vm = guest.boot()) {
      for (int i = 0; i < 40; i++) {
        int before = vm.reboots();
        vm.machine().pause();
        int reboots = vm.reboots();
        long counter = vm.memory().readLong(DATA);
        sleep(3);

        assertEquals(counter, vm.memory().readLong(DATA));
        assertEquals(reboots, vm.reboots());
        vm.machine().resume();
        if (i % 4 == 0) {
          vm.await(() -> vm.reboots() > before, "the guest goes on resetting");
        }
      }
      assertTrue(vm.reboots() >= 10);
    }
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
