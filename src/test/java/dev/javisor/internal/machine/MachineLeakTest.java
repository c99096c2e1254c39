package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VmExit;
import dev.javisor.testing.microguest.ChildJvm;
import dev.javisor.testing.microguest.HostResources;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Machines that come and go leave nothing behind. */
@Timeout(120)
class MachineLeakTest {
  private static final int CYCLES = 1000;
  private static final int AT_ONCE = 2;

  @Test
  void shouldLeaveNothingBehind_whenAThousandMachinesHaveComeAndGone() throws Exception {
    run(50);
    HostResources before = HostResources.now();

    run(CYCLES);

    HostResources after = HostResources.now();
    assertTrue(after.sameObjects(before), () -> before + " became " + after);
    // Each machine has 4 MiB of RAM alone; the JVM itself may take some for its own ends.
    assertTrue(
        after.virtualMib() - before.virtualMib() < CYCLES, () -> before + " became " + after);
  }

  @Test
  void shouldLeaveNothingBehind_whenDescriptorsRunOutOnTheWay() {
    String report =
        ChildJvm.run(
            List.of("bash", "-c", "ulimit -n 160 && exec \"$@\"", "bash"), ScarceDescriptors.class);

    assertTrue(report.contains("HYPERVISOR EMFILE"), report);
    assertTrue(report.contains("KERNEL EMFILE"), report);
    assertTrue(report.contains("DEVICES EMFILE"), report);
    assertTrue(report.contains("VCPUS EMFILE"), report);
    assertTrue(report.contains("booted"), report);
    assertTrue(report.contains("nothing left behind"), report);
  }

  private static void run(int cycles) throws Exception {
    MicroGuest guest = MicroGuest.code(a -> {});
    ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
    try {
      Callable<Void> share =
          () -> {
            for (int i = 0; i < cycles / AT_ONCE; i++) {
              try (MicroMachine vm = guest.boot()) {
                assertEquals(new VmExit.PowerOff(), vm.awaitExit());
              }
            }
            return null;
          };
      for (Future<Void> done : pool.invokeAll(List.of(share, share))) {
        done.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }
}
