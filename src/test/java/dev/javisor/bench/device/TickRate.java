package dev.javisor.bench.device;

import dev.javisor.TappedMachines;
import dev.javisor.VirtualMachine;
import dev.javisor.bench.Samples;
import dev.javisor.bench.Workbench;
import dev.javisor.testing.microguest.Condition;
import dev.javisor.testing.microguest.Label;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.Reg;
import java.nio.file.Path;
import java.time.Duration;

/** Finds out how fast the time-stamp counter of guests is: the host's, which no monitor changes. */
final class TickRate {
  private static final int TICKS = 1 << 28;
  private static final int TIMES = 5;

  private TickRate() {}

  /** Ticks a second. */
  static double measure(Path folder) throws InterruptedException {
    Path kernel =
        MicroGuest.code(
                a -> {
                  a.print("S");
                  a.rdtsc();
                  a.mov(Reg.RBX, Reg.RAX);
                  a.add(Reg.RBX, TICKS);
                  Label again = a.here(a.label());
                  a.rdtsc();
                  a.cmp(Reg.RAX, Reg.RBX);
                  a.jump(Condition.BELOW, again);
                  a.print("E");
                })
            .write(folder.resolve("ticks"));
    Samples nanos = new Samples();
    for (int i = 0; i < TIMES; i++) {
      nanos.add(spin(kernel));
    }
    return TICKS * 1e9 / nanos.median();
  }

  private static long spin(Path kernel) throws InterruptedException {
    long[] times = new long[2];
    try (VirtualMachine vm =
        TappedMachines.builder(b -> times[b == 'S' ? 0 : 1] = System.nanoTime())
            .kernel(kernel)
            .memory(Workbench.RAM)
            .build()
            .boot()) {
      vm.awaitExit(Duration.ofSeconds(60));
    }
    return times[1] - times[0];
  }
}
