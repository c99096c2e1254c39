package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.MicroGuest.DATA;
import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static dev.javisor.testing.microguest.Reg.RCX;
import static dev.javisor.testing.microguest.Reg.RDX;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.testing.microguest.Assembler;
import dev.javisor.testing.microguest.Condition;
import dev.javisor.testing.microguest.Label;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.util.function.ToLongBiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a guest's clocks show of a pause. The guest reads them whenever it is asked to; the bounds
 * hold however slow the host is.
 */
@Timeout(60)
class MachineClockTest {
  private static final int PM_TIMER = 0x608;
  private static final int PM_TIMER_HZ = 3_579_545;
  private static final int KVM_SYSTEM_TIME_NEW = 0x4b56_4d01;
  private static final int GUEST_STOPPED = 2;
  private static final long MILLI = 1_000_000;

  /** For what rounding and two clocks of one host may differ by. */
  private static final long SLACK = 20 * MILLI;

  private static final long PAUSE_MILLIS = 200;

  private static final long REQUEST = DATA;
  private static final long ANSWER = DATA + 8;
  private static final long TSC_LOW = DATA + 16;
  private static final long TSC_HIGH = DATA + 20;
  private static final long TIMER = DATA + 24;

  /** A pvclock_vcpu_time_info: KVM msr.rst MSR_KVM_SYSTEM_TIME_NEW. */
  private static final long PVCLOCK = DATA + 64;

  private static final MicroGuest GUEST =
      MicroGuest.code(a -> a.forever(() -> answer(a)))
          .setup(a -> a.wrmsr(KVM_SYSTEM_TIME_NEW, PVCLOCK | 1));

  @Test
  void shouldStandStill_whenItIsTheParavirtualClock() {
    Passed passed = pauseBetween(MachineClockTest::pvclockNanos);

    assertTrue(passed.guest > 0, passed::toString);
    assertTrue(passed.guest <= passed.host - passed.paused + SLACK, passed::toString);
  }

  @Test
  void shouldStandStill_whenItIsThePmTimer() {
    Passed passed =
        pauseBetween((vm, reading) -> reading.timer * 1_000 / (PM_TIMER_HZ / 1_000) * 1_000);

    assertTrue(passed.guest > 0, passed::toString);
    assertTrue(passed.guest <= passed.host - passed.paused + SLACK, passed::toString);
  }

  @Test
  void shouldGoOn_whenItIsTheTimeStampCounter() {
    Passed passed = pauseBetween((vm, reading) -> ticksToNanos(vm.memory(), reading.tsc));

    assertTrue(passed.guest >= passed.paused - SLACK, passed::toString);
  }

  @Test
  void shouldTellTheGuestThatItStood() {
    try (MicroMachine vm = GUEST.boot()) {
      ask(vm, 1);
      vm.machine().pause();
      vm.machine().resume();

      vm.await(() -> (flags(vm) & GUEST_STOPPED) != 0, "the clock says that the guest stood");
    }
  }

  private static void answer(Assembler a) {
    Label nothingNew = a.label();
    a.load(8, RBX, Mem.at(REQUEST));
    a.load(8, RCX, Mem.at(ANSWER));
    a.cmp(RBX, RCX);
    a.jump(Condition.EQUAL, nothingNew);
    a.bytes(0x0f, 0x31); // rdtsc
    a.store(4, Mem.at(TSC_LOW), RAX);
    a.store(4, Mem.at(TSC_HIGH), RDX);
    a.in(4, PM_TIMER);
    a.store(4, Mem.at(TIMER), RAX);
    a.store(8, Mem.at(ANSWER), RBX);
    a.here(nothingNew);
  }

  private static Passed pauseBetween(ToLongBiFunction<MicroMachine, Reading> clock) {
    try (MicroMachine vm = GUEST.boot()) {
      long start = System.nanoTime();
      long before = clock.applyAsLong(vm, ask(vm, 1));
      vm.machine().pause();
      long pause = System.nanoTime();
      sleep();
      long resume = System.nanoTime();
      vm.machine().resume();
      long after = clock.applyAsLong(vm, ask(vm, 2));
      long end = System.nanoTime();
      return new Passed(after - before, end - start, resume - pause);
    }
  }

  private static Reading ask(MicroMachine vm, long number) {
    GuestMemory memory = vm.memory();
    memory.writeLong(REQUEST, number);
    vm.await(() -> memory.readLong(ANSWER) == number, "it reads its clocks");
    long tsc = (long) memory.readInt(TSC_HIGH) << 32 | memory.readInt(TSC_LOW) & 0xffff_ffffL;
    return new Reading(tsc, memory.readInt(TIMER) & 0xffff_ffffL);
  }

  private static long pvclockNanos(MicroMachine vm, Reading reading) {
    GuestMemory memory = vm.memory();
    long[] time = new long[1];
    vm.await(
        () -> {
          int version = memory.readInt(PVCLOCK);
          long since = reading.tsc - memory.readLong(PVCLOCK + 8);
          time[0] = memory.readLong(PVCLOCK + 16) + ticksToNanos(memory, since);
          return version != 0 && (version & 1) == 0 && version == memory.readInt(PVCLOCK);
        },
        "the paravirtual clock is set up");
    return time[0];
  }

  private static long ticksToNanos(GuestMemory memory, long ticks) {
    long factor = memory.readInt(PVCLOCK + 24) & 0xffff_ffffL;
    int shift = memory.readByte(PVCLOCK + 28);
    double nanos = ticks * (double) factor / (1L << 32) * Math.pow(2, shift);
    return (long) nanos;
  }

  private static int flags(MicroMachine vm) {
    return vm.memory().readByte(PVCLOCK + 29);
  }

  private static void sleep() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** What the guest has read. */
  private record Reading(long tsc, long timer) {}

  /** What has passed between two readings, and what of it the pause took; all in ns. */
  private record Passed(long guest, long host, long paused) {}
}
