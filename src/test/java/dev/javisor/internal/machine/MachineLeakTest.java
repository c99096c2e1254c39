package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.microguest.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Machines that cannot be had leave nothing behind. */
@Timeout(120)
class MachineLeakTest {
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
}
