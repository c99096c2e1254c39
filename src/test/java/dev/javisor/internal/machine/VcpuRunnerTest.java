package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.MicroGuest.DATA;
import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static dev.javisor.testing.microguest.Reg.RCX;
import static dev.javisor.testing.microguest.Reg.RDI;
import static dev.javisor.testing.microguest.Reg.RSI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VcpuInfo;
import dev.javisor.event.VcpuState;
import dev.javisor.internal.bus.BusDevice;
import dev.javisor.testing.microguest.BareMachine;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Kicks: a vCPU does what it is told, whatever its guest does, and no telling gets lost. */
@Timeout(60)
class VcpuRunnerTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int PARKS = 400;
  private static final long NO_RAM = 0x7fff_f000L;

  @Test
  void shouldSeeEveryInspection_whenTheGuestSpins() {
    try (RunningBareMachine vm = new RunningBareMachine(MicroGuest.code(a -> a.spin())).start()) {
      for (int i = 0; i < 20_000; i++) {
        VcpuInfo seen = vm.runner.inspect(LIMIT);
        assertEquals(VcpuState.RUNNING, seen.state());
      }
      assertTrue(vm.runner.exits().get("INTERRUPTED") >= 15_000, vm.runner.exits().toString());
    }
  }

  @Test
  void shouldTakeNoVcpuForStopped_whenTheHostHasYetToRunItsThread() {
    try (RunningBareMachine vm = new RunningBareMachine(MicroGuest.code(a -> a.spin()))) {
      CountDownLatch begin = new CountDownLatch(1);
      vm.start(begin);
      VcpuInfo early = vm.runner.inspect(Duration.ofMillis(20));
      begin.countDown();

      assertEquals(VcpuState.UNKNOWN, early.state());
      assertEquals(VcpuState.RUNNING, vm.runner.inspect(LIMIT).state());
    }
  }

  @Test
  void shouldLoseNoInspection_whenTheVcpuParksAndGoesOnMeanwhile() throws Exception {
    try (RunningBareMachine vm = new RunningBareMachine(MicroGuest.code(a -> a.spin())).start()) {
      AtomicBoolean done = new AtomicBoolean();
      AtomicInteger unanswered = new AtomicInteger();
      AtomicInteger answered = new AtomicInteger();
      Runnable inspect =
          () -> {
            while (!done.get()) {
              VcpuInfo seen = vm.runner.inspect(LIMIT);
              boolean answer =
                  seen.state() == VcpuState.RUNNING || seen.state() == VcpuState.PAUSED;
              (answer ? answered : unanswered).incrementAndGet();
            }
          };
      Thread[] inspectors = {new Thread(inspect), new Thread(inspect)};
      for (Thread inspector : inspectors) {
        inspector.start();
      }
      for (int i = 0; i < 5_000 && unanswered.get() == 0; i++) {
        vm.park();
        vm.resume();
      }
      done.set(true);
      for (Thread inspector : inspectors) {
        inspector.join();
      }

      assertEquals(0, unanswered.get());
      assertTrue(answered.get() > 100, answered.toString());
    }
  }

  @Test
  void shouldSurvive_whenInspectionsRaceWithTheEndOfTheThread() throws Exception {
    try (BareMachine bare = MicroGuest.code(a -> a.spin()).bare()) {
      RunningBareMachine vm = new RunningBareMachine(bare);
      AtomicBoolean done = new AtomicBoolean();
      vm.start();
      Thread[] inspectors = new Thread[2];
      for (int i = 0; i < inspectors.length; i++) {
        inspectors[i] =
            new Thread(
                () -> {
                  while (!done.get()) {
                    vm.runner.inspect(LIMIT);
                  }
                });
        inspectors[i].start();
      }
      for (int i = 0; i < 300; i++) {
        vm.stop();
        vm.start();
      }
      done.set(true);
      for (Thread inspector : inspectors) {
        inspector.join();
      }
      vm.stop();
      assertFalse(vm.end.isDone());
    }
  }

  @Test
  void shouldSeeEachNumberOnce_whenParkedBetweenPortWrites() {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.mov(RAX, 0);
              a.forever(
                  () -> {
                    a.out(4, 0x80);
                    a.inc(RAX);
                  });
            });
    assertEachOnce(guest, true);
  }

  @Test
  void shouldSeeEachNumberOnce_whenParkedBetweenMemoryWrites() {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.mov(RAX, 0);
              a.forever(
                  () -> {
                    a.store(8, Mem.at(NO_RAM), RAX);
                    a.inc(RAX);
                  });
            });
    assertEachOnce(guest, false);
  }

  @Test
  void shouldAnswerEachReadOnce_whenParkedBetweenPortReads() {
    Numbers numbers = new Numbers();
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.mov(RBX, 0);
              a.forever(
                  () -> {
                    a.in(4, 0x80);
                    a.add(RBX, RAX);
                    a.store(8, Mem.at(DATA), RBX);
                    a.store(8, Mem.at(DATA + 8), RAX);
                  });
            });
    try (RunningBareMachine vm = new RunningBareMachine(guest).with(true, numbers).start()) {
      parkOften(vm, numbers);
      vm.park();

      long last = vm.bare.memory().readLong(DATA + 8);
      assertEquals(last * (last + 1) / 2, vm.bare.memory().readLong(DATA));
      assertTrue(numbers.next >= PARKS, "reads: " + numbers.next);
      assertTrue(numbers.next - last <= 2, "reads: " + numbers.next + ", seen " + last);
    }
  }

  @Test
  void shouldFinishWhatIsUnderWay_whenParkedInsideAnAccessOfManyParts() {
    // Writes that straddle pages, and string moves: one instruction leaves the guest often.
    MicroGuest guest =
        MicroGuest.code(
            a ->
                a.forever(
                    () -> {
                      a.mov(RSI, NO_RAM + 5);
                      a.mov(RDI, DATA + 64);
                      a.mov(RCX, 3000);
                      a.bytes(0xf3, 0xa4); // rep movsb
                      a.mov(RBX, NO_RAM - 3);
                      a.store(8, Mem.at(RBX), RAX);
                    }));
    Numbers numbers = new Numbers();
    try (RunningBareMachine vm = new RunningBareMachine(guest).with(false, numbers).start()) {
      for (int i = 0; i < 300; i++) {
        vm.park();
        int before = numbers.accesses;
        vm.bare.vcpu().requestImmediateExit(true);

        assertTrue(vm.bare.vcpu().run() < 0, "there was more to finish");

        assertEquals(before, numbers.accesses);
        vm.resume();
        Thread.onSpinWait();
      }
    }
  }

  private static void assertEachOnce(MicroGuest guest, boolean ports) {
    Numbers numbers = new Numbers();
    try (RunningBareMachine vm = new RunningBareMachine(guest).with(ports, numbers).start()) {
      parkOften(vm, numbers);
      vm.park();

      assertEquals(-1, numbers.firstWrong);
      assertTrue(numbers.next >= PARKS, "writes: " + numbers.next);
    }
  }

  /** Parks at odd moments; lets the guest get further between them, however slow the host is. */
  private static void parkOften(RunningBareMachine vm, Numbers numbers) {
    for (int i = 0; i < PARKS; i++) {
      vm.park();
      long before = numbers.next;
      vm.resume();
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (numbers.next == before && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      for (int spin = 0; spin < i * 37 % 3000; spin++) {
        Thread.onSpinWait();
      }
    }
  }

  /** Expects the numbers from 0 on, or answers them. */
  private static final class Numbers implements BusDevice {
    volatile long next;
    volatile long firstWrong = -1;
    volatile int accesses;

    @Override
    public long read(long offset, int size) {
      return count();
    }

    @Override
    public void write(long offset, int size, long value) {
      if (value != count() && firstWrong < 0) {
        firstWrong = value;
      }
    }

    /** Only the vCPU's thread writes; the test's reads. */
    private long count() {
      long number = next;
      int before = accesses;
      accesses = before + 1;
      next = number + 1;
      return number;
    }
  }
}
