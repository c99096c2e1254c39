package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.machine.HostFacts;
import dev.javisor.internal.machine.HostProblem;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HypervisorTest {
  private final FakePlatform platform = new FakePlatform();

  @Test
  void shouldTellWhatTheHostCanDo() {
    Hypervisor hypervisor = DefaultHypervisor.probe(platform);

    assertTrue(hypervisor.isAvailable());
    assertTrue(hypervisor.obstacle().isEmpty());
    assertEquals(288, hypervisor.maxVcpus());
    assertEquals(40, hypervisor.physicalAddressBits());
    assertEquals("KVM, 288 vCPUs, 40 address bits", hypervisor.toString());
  }

  @Test
  void shouldSayWhyNotAndWhatHelps_whenNothingCanRun() {
    platform.facts = HostFacts.unavailable(new HostProblem("no /dev/kvm", "get one"));

    Hypervisor hypervisor = DefaultHypervisor.probe(platform);

    assertFalse(hypervisor.isAvailable());
    assertEquals("no /dev/kvm", hypervisor.obstacle().orElseThrow().reason());
    assertEquals("get one", hypervisor.obstacle().orElseThrow().fix());
    assertEquals(0, hypervisor.maxVcpus());
    assertFalse(hypervisor.canRunStockKernel());
    assertEquals("no /dev/kvm", hypervisor.stockKernelObstacle().orElseThrow().reason());
    assertEquals(0, platform.stockKernelRuns);
    assertEquals("unavailable: no /dev/kvm; get one", hypervisor.toString());
  }

  @Test
  void shouldRunTheProbeGuestOnce_whenAskedForAStockKernel() {
    platform.stockKernelProblem = Optional.of(new HostProblem("no cmpxchg16b", "use hardware"));
    Hypervisor hypervisor = DefaultHypervisor.probe(platform);
    assertEquals(0, platform.stockKernelRuns);

    assertFalse(hypervisor.canRunStockKernel());
    assertEquals("no cmpxchg16b", hypervisor.stockKernelObstacle().orElseThrow().reason());
    assertEquals("use hardware", hypervisor.stockKernelObstacle().orElseThrow().fix());
    assertEquals(1, platform.stockKernelRuns);
  }

  @Test
  void shouldBeAbleToRunAStockKernel_whenTheProbeGuestRuns() {
    assertTrue(DefaultHypervisor.probe(platform).canRunStockKernel());
    assertEquals(1, platform.stockKernelRuns);
  }

  @Test
  void shouldProbeThisMachine() {
    Hypervisor hypervisor = Hypervisor.probe();

    assertTrue(hypervisor.isAvailable(), hypervisor::toString);
    assertTrue(hypervisor.maxVcpus() > 0);
  }
}
