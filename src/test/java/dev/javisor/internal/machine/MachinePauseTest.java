package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.MicroGuest.DATA;
import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RDI;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.javisor.event.VcpuInfo;
import dev.javisor.event.VcpuState;
import dev.javisor.event.VmExit;
import dev.javisor.testing.microguest.Condition;
import dev.javisor.testing.microguest.Label;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A paused machine stands still, and goes on as if nothing had been. */
@Timeout(60)
class MachinePauseTest {
  private static final int CPUS = 4;
  private static final int SERIAL = 0x3f8;
  private static final MicroGuest COUNTING =
      MicroGuest.code(a -> a.forever(() -> a.inc(8, Mem.at(DATA))));

  @Test
  void shouldStandStillAndGoOn_whenFourVcpusCount() {
    MicroGuest guest =
        MicroGuest.code(a -> a.forever(() -> a.inc(8, Mem.at(DATA))))
            .cpus(CPUS)
            .setup(MicroGuest::startOthers)
            .secondary(
                a -> {
                  a.shl(RDI, 3);
                  a.forever(() -> a.inc(8, Mem.at(RDI, (int) DATA)));
                });
    try (MicroMachine vm = guest.boot()) {
      awaitProgress(vm, new long[CPUS]);
      for (int i = 0; i < 5; i++) {
        vm.machine().pause();

        assertStandsStill(vm);
        for (VcpuInfo vcpu : vm.machine().vcpus()) {
          assertEquals(VcpuState.PAUSED, vcpu.state());
        }
        long[] before = counters(vm);
        vm.machine().resume();
        awaitProgress(vm, before);
      }
    }
  }

  @Test
  void shouldGoOn_whenPausedTwiceAndResumedOnce() {
    try (MicroMachine vm = COUNTING.boot()) {
      awaitProgress(vm, new long[1]);
      vm.machine().pause();
      vm.machine().pause();
      assertStandsStill(vm);
      long[] before = counters(vm);

      vm.machine().resume();

      awaitProgress(vm, before);
      vm.machine().resume();
      awaitProgress(vm, counters(vm));
      vm.machine().pause();
      assertStandsStill(vm);
    }
  }

  @Test
  void shouldNotBeToldAsPaused_whenItHasJustBeenResumed() {
    try (MicroMachine vm = COUNTING.boot()) {
      for (int i = 0; i < 20; i++) {
        vm.machine().pause();
        assertEquals(VcpuState.PAUSED, vm.vcpu().state());

        vm.machine().resume();

        // On a busy host it may be unknown for a while.
        VcpuState state = vm.vcpu().state();
        if (state != VcpuState.UNKNOWN) {
          assertEquals(VcpuState.RUNNING, state);
        }
      }
    }
  }

  @Test
  void shouldWriteEachNumberOnce_whenPausedWhileTheGuestWrites() {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.mov(RAX, 0);
              a.forever(
                  () -> {
                    a.out(1, SERIAL);
                    a.inc(RAX);
                  });
            });
    try (MicroMachine vm = guest.boot()) {
      for (int i = 0; i < 50; i++) {
        vm.machine().pause();
        int seen = vm.console().length();
        vm.machine().resume();
        vm.await(() -> vm.console().length() > seen, "it goes on writing");
      }
      vm.machine().pause();

      String numbers = vm.console();
      for (int i = 0; i < numbers.length(); i++) {
        assertEquals((char) (i & 0xff), numbers.charAt(i), "at " + i);
      }
    }
  }

  @Test
  void shouldEchoEachByteOnce_whenPausedWhileTheGuestReads() {
    MicroGuest guest =
        MicroGuest.code(
            a ->
                a.forever(
                    () -> {
                      Label none = a.label();
                      a.mov(RAX, 0);
                      a.in(1, SERIAL + 5);
                      a.and(RAX, 1);
                      a.jump(Condition.EQUAL, none);
                      a.in(1, SERIAL);
                      a.out(1, SERIAL);
                      a.here(none);
                    }));
    try (MicroMachine vm = guest.boot()) {
      StringBuilder typed = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        byte[] bytes = {(byte) ('a' + i % 26), (byte) ('A' + i % 26)};
        assertEquals(bytes.length, vm.machine().consoleInput(bytes, 0, bytes.length));
        typed.append((char) bytes[0]).append((char) bytes[1]);
        vm.machine().pause();
        vm.machine().resume();
        vm.await(() -> vm.console().length() >= typed.length(), "the echo");
      }

      assertEquals(typed.toString(), vm.console());
    }
  }

  @Test
  void shouldDoNothing_whenPausedOrResumedAfterTheEnd() {
    try (MicroMachine vm = COUNTING.boot()) {
      vm.machine().kill();
      vm.awaitExit();

      vm.machine().pause();
      vm.machine().resume();

      assertEquals(VcpuState.STOPPED, vm.vcpu().state());
      assertEquals(new VmExit.Killed(), vm.exit());
    }
  }

  @Test
  void shouldEnd_whenKilledOrClosedWhilePaused() {
    try (MicroMachine vm = COUNTING.boot()) {
      vm.machine().pause();
      assertNull(vm.exit());
      vm.machine().kill();
      assertEquals(new VmExit.Killed(), vm.awaitExit());
    }
    try (MicroMachine vm = COUNTING.boot()) {
      vm.machine().pause();
      vm.machine().close();
      assertEquals(new VmExit.Killed(), vm.exit());
    }
  }

  private static void assertStandsStill(MicroMachine vm) {
    long[] before = counters(vm);
    try {
      // Long enough for some thousand counts, were it running.
      Thread.sleep(5);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertArrayEquals(before, counters(vm));
  }

  private static long[] counters(MicroMachine vm) {
    long[] counters = new long[CPUS];
    for (int i = 0; i < CPUS; i++) {
      counters[i] = vm.memory().readLong(DATA + 8L * i);
    }
    return counters;
  }

  /** Waits until the first counters, as many as are given, have grown. */
  private static void awaitProgress(MicroMachine vm, long[] before) {
    int counting = vm.machine().vcpus().size();
    for (int i = 0; i < Math.min(counting, before.length); i++) {
      long gpa = DATA + 8L * i;
      long old = before[i];
      vm.await(() -> vm.memory().readLong(gpa) > old, "it goes on counting");
    }
  }
}
