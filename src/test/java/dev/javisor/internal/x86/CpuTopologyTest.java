package dev.javisor.internal.x86;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuTopologyTest {
  @ParameterizedTest
  @CsvSource({
    "2, 3, 1, 1, 5, 5",
    "2, 3, 1, 2, 6, 8",
    "2, 3, 1, 2, 8, 10",
    "2, 3, 2, 2, 6, 8",
    "2, 3, 2, 2, 12, 16",
    "1, 312, 1, 1, 257, 257",
    "1, 1, 1, 4, 3, 3",
    "1, 1, 3, 2, 3, 4",
  })
  void shouldGiveEachLevelAFieldOfItsOwn(
      int threads, int cores, int dies, int packages, int vcpu, int apicId) {
    assertEquals(apicId, new CpuTopology(threads, cores, dies, packages).apicId(vcpu));
  }

  @Test
  void shouldGiveEachVcpuAnIdOfItsOwn_whenNoCountIsAPowerOfTwo() {
    CpuTopology topology = new CpuTopology(3, 5, 3, 7);
    Set<Integer> ids = new HashSet<>();

    IntStream.range(0, topology.count()).forEach(vcpu -> ids.add(topology.apicId(vcpu)));

    assertEquals(315, ids.size());
  }

  @Test
  void shouldNeedX2Apic_whenAnIdIsTheBroadcastIdOrMore() {
    assertFalse(CpuTopology.flat(255).needsX2Apic());
    assertTrue(CpuTopology.flat(256).needsX2Apic());
    assertTrue(new CpuTopology(2, 3, 1, 33).needsX2Apic());
  }

  @Test
  void shouldRefuse_whenACountIsImpossible() {
    assertThrows(IllegalArgumentException.class, () -> new CpuTopology(0, 1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new CpuTopology(1, -4, 1, -1));
    assertThrows(
        IllegalArgumentException.class, () -> new CpuTopology(1 << 16, 1 << 16, 1 << 16, 1 << 16));
  }
}
