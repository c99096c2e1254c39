package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.kvm.Kvm;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StockKernelProbeTest {
  @Test
  void shouldNameWhatKvmCannotRun_whenThereIsSuchAThing() {
    Optional<HostProblem> problem = probe();

    problem.ifPresent(
        found ->
            assertTrue(found.reason().startsWith("this host's KVM cannot run "), found.reason()));
  }

  @Test
  @Tag("linux-guest")
  void shouldFindNothing_whenLinuxGuestsRunHere() {
    assertEquals(Optional.empty(), probe());
  }

  private static Optional<HostProblem> probe() {
    try (Kvm kvm = Kvm.open(Kvm.DEVICE)) {
      return StockKernelProbe.run(kvm);
    }
  }
}
