package dev.javisor;

import static dev.javisor.testing.microguest.MicroGuest.DATA;
import static dev.javisor.testing.microguest.Reg.RAX;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.JavisorException;
import dev.javisor.error.VmStateException;
import dev.javisor.event.VmExit;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever several threads do to a machine at whatever moment, and whatever its guest does
 * meanwhile: every call returns in time, the machine ends, and another one in the JVM goes on.
 */
@Timeout(120)
class VmStressTest {
  private static final int ROUNDS = 6;
  private static final int CALLERS = 3;
  private static final int CALLS = 12;

  /** What a call may take: a second is promised, the rest is for a host that is very busy. */
  private static final Duration BOUND = Duration.ofSeconds(10);

  private static final Mem NO_RAM = Mem.at(0x7fff_f000L);

  @TempDir Path folder;

  /** What the guest does all the time. */
  enum Behaviour {
    SPINS(MicroGuest.code(a -> a.spin())),
    SPINS_IN_THE_KERNEL(MicroGuest.kernelCode(a -> a.spin())),
    HALTS(MicroGuest.kernelCode(a -> a.forever(a::hlt))),
    FLOODS_PORTS(MicroGuest.code(a -> a.forever(() -> a.out(4, 0x510)))),
    FLOODS_MEMORY(MicroGuest.code(a -> a.forever(() -> a.store(8, NO_RAM, RAX)))),
    FLOODS_THE_CONSOLE(MicroGuest.code(a -> a.forever(() -> a.print("flood\n")))),
    RESETS(MicroGuest.code(a -> a.reset())),
    STARTS_OTHERS(
        MicroGuest.code(a -> a.spin())
            .cpus(4)
            .setup(MicroGuest::startOthers)
            .secondary(a -> a.forever(() -> a.out(1, 0x80))));

    @SuppressWarnings("ImmutableEnumChecker")
    final MicroGuest guest;

    Behaviour(MicroGuest guest) {
      this.guest = guest;
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldEndInTime_whenCalledAtRandom(Behaviour behaviour) throws Exception {
    Path kernel = behaviour.guest.write(folder.resolve("kernel"));
    MicroGuest counting = MicroGuest.code(a -> a.forever(() -> a.inc(8, Mem.at(DATA))));
    try (MicroMachine bystander = counting.boot()) {
      for (int seed = 0; seed < ROUNDS; seed++) {
        long before = bystander.memory().readLong(DATA);
        VirtualMachine vm =
            VirtualMachine.builder()
                .kernel(kernel)
                .memory(behaviour.guest.memory())
                .cpus(behaviour.guest.cpus())
                .build()
                .boot();
        String what = behaviour + ", seed " + seed;

        List<String> complaints = new Calls(vm, seed * 31 + behaviour.ordinal()).run();

        assertTrue(complaints.isEmpty(), () -> what + ": " + complaints);
        vm.kill();
        VmExit exit = vm.awaitExit(BOUND);
        vm.close();
        assertTrue(exit instanceof VmExit.Killed, () -> what + ": " + exit);
        bystander.await(
            () -> bystander.memory().readLong(DATA) > before, "the other machine counts");
      }
    }
  }

  @Test
  void shouldCloseInTime_whenClosedByManyAtOnce() throws Exception {
    Path kernel = Behaviour.FLOODS_THE_CONSOLE.guest.write(folder.resolve("kernel"));
    for (int i = 0; i < 10; i++) {
      VirtualMachine vm = VirtualMachine.builder().kernel(kernel).memory("4M").build().boot();
      Queue<String> complaints = new ConcurrentLinkedQueue<>();
      List<Thread> closers = new ArrayList<>();
      for (int j = 0; j < CALLERS; j++) {
        Thread closer = new Thread(() -> timed("close", vm::close, complaints));
        closer.start();
        closers.add(closer);
      }
      for (Thread closer : closers) {
        closer.join();
      }
      assertTrue(complaints.isEmpty(), complaints::toString);
      assertTrue(vm.exit().isDone());
    }
  }

  private static void timed(String name, Runnable call, Queue<String> complaints) {
    long start = System.nanoTime();
    try {
      call.run();
    } catch (VmStateException e) {
      // Another caller was faster; that it is said is right.
    } catch (JavisorException | IllegalStateException e) {
      complaints.add(name + " threw " + e);
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    if (took.compareTo(BOUND) > 0) {
      complaints.add(name + " took " + took);
    }
  }

  /** Several threads that call what they like. */
  private static final class Calls {
    private final VirtualMachine vm;
    private final long seed;
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();

    Calls(VirtualMachine vm, long seed) {
      this.vm = vm;
      this.seed = seed;
    }

    List<String> run() throws InterruptedException {
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        Random random = new Random(seed * CALLERS + i);
        Thread caller = new Thread(() -> call(random));
        caller.setUncaughtExceptionHandler((thread, e) -> complaints.add("uncaught " + e));
        caller.start();
        callers.add(caller);
      }
      for (Thread caller : callers) {
        caller.join();
      }
      return List.copyOf(complaints);
    }

    private void call(Random random) {
      for (int i = 0; i < CALLS; i++) {
        int kind = random.nextInt(100);
        if (kind < 25) {
          timed("pause", vm::pause, complaints);
        } else if (kind < 50) {
          timed("resume", vm::resume, complaints);
        } else if (kind < 60) {
          timed("reset", vm::reset, complaints);
        } else if (kind < 75) {
          timed("vcpus", vm::vcpus, complaints);
        } else if (kind < 85) {
          timed("powerButton", vm::powerButton, complaints);
        } else if (kind < 97) {
          sleep(random.nextInt(5));
        } else {
          timed("kill", vm::kill, complaints);
        }
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
}
