package dev.javisor.internal.x86;

import static dev.javisor.internal.x86.CpuidFixture.ask;
import static dev.javisor.internal.x86.CpuidFixture.has;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Asks CPUID what guests ask to find out how their processors hang together. */
class CpuidTopologyTest {
  private static final List<CpuidEntry> AMD = CpuidFixture.read("cpuid-amd.txt");
  private static final List<CpuidEntry> INTEL = CpuidFixture.read("cpuid-intel.txt");
  private static final int EXTENDED = 0x8000_0000;

  @Test
  void shouldTellTheApicId_whenVcpuAsksInEachWay() {
    CpuTopology topology = new CpuTopology(2, 3, 2, 2);

    List<CpuidEntry> intel = apply(INTEL, topology, 20);
    List<CpuidEntry> amd = apply(AMD, topology, 20);

    int id = topology.apicId(20);
    assertEquals(id, ask(intel, 1, 0).ebx() >>> 24);
    assertEquals(id, ask(intel, 0xb, 0).edx());
    assertEquals(id, ask(intel, 0xb, 1).edx());
    assertEquals(id, ask(intel, 0x1f, 2).edx());
    assertEquals(id, ask(amd, 1, 0).ebx() >>> 24);
    assertEquals(id, ask(amd, 0xb, 1).edx());
    assertEquals(id, ask(amd, EXTENDED + 0x1e, 0).eax());
  }

  @Test
  void shouldEnumerateLevels_whenGuestWalksLeafB() {
    assertEquals(
        List.of("thread >>1 2", "core >>4 12", "none >>0 0"),
        levels(apply(AMD, new CpuTopology(2, 3, 2, 2), 0), 0xb));
  }

  @Test
  void shouldEnumerateDies_whenGuestWalksLeaf1F() {
    assertEquals(
        List.of("thread >>1 2", "core >>3 6", "die >>4 12", "none >>0 0"),
        levels(apply(INTEL, new CpuTopology(2, 3, 2, 2), 0), 0x1f));
  }

  @Test
  void shouldNotMentionDies_whenThereIsOnlyOneEach() {
    assertEquals(
        List.of("thread >>0 1", "core >>2 4", "none >>0 0"),
        levels(apply(INTEL, CpuTopology.flat(4), 0), 0x1f));
    assertFalse(has(apply(AMD, new CpuTopology(2, 3, 2, 2), 0), 0x1f));
  }

  @Test
  void shouldRaiseTheLastLeaf_whenHostHasFewer() {
    List<CpuidEntry> old =
        List.of(new CpuidEntry(0, 0, 0, 0xa, 0x756e6547, 0x6c65746e, 0x49656e69), ask(INTEL, 1, 0));

    assertEquals(0xb, ask(apply(old, CpuTopology.flat(2), 0), 0, 0).eax());
    assertEquals(0x1f, ask(apply(old, new CpuTopology(1, 2, 2, 1), 0), 0, 0).eax());
    assertEquals(0x20, ask(apply(INTEL, new CpuTopology(1, 2, 2, 1), 0), 0, 0).eax());
  }

  @Test
  void shouldShowOneProcessor_whenThereIsOne() {
    CpuidEntry features = ask(apply(INTEL, CpuTopology.flat(1), 0), 1, 0);

    assertEquals(1, features.ebx() >>> 16 & 0xff);
    assertEquals(0, features.edx() & 1 << 28, "HTT");
  }

  @Test
  void shouldCountThreadsOfAPackage_whenThereAreSeveral() {
    CpuidEntry features = ask(apply(AMD, new CpuTopology(2, 3, 2, 2), 0), 1, 0);

    assertEquals(12, features.ebx() >>> 16 & 0xff);
    assertTrue((features.edx() & 1 << 28) != 0, "HTT");
  }

  @Test
  void shouldSaturateOldFields_whenThereAreMoreProcessorsThanTheyCount() {
    CpuTopology topology = CpuTopology.flat(512);

    List<CpuidEntry> answers = apply(AMD, topology, 300);

    assertEquals(255, ask(answers, 1, 0).ebx() >>> 16 & 0xff);
    assertEquals(300 & 0xff, ask(answers, 1, 0).ebx() >>> 24);
    assertEquals(300, ask(answers, 0xb, 0).edx());
    assertEquals(512, ask(answers, 0xb, 1).ebx());
    assertEquals(255, ask(answers, EXTENDED + 8, 0).ecx() & 0xff);
    assertEquals(9, ask(answers, EXTENDED + 8, 0).ecx() >>> 12 & 0xf);
  }

  @Test
  void shouldShareCachesByCoreAndDie_whenHostIsIntel() {
    List<CpuidEntry> answers = apply(INTEL, new CpuTopology(2, 3, 2, 2), 0);

    assertEquals(1, sharing(answers, 4, 0));
    assertEquals(1, sharing(answers, 4, 2));
    assertEquals(7, sharing(answers, 4, 3));
    assertEquals(7, ask(answers, 4, 0).eax() >>> 26, "core ids of a package");
    assertEquals(0x163, ask(answers, 4, 3).eax() & 0x3fff, "kind of cache, from the host");
    assertEquals(0, ask(answers, 4, 4).eax(), "no more caches");
  }

  @Test
  void shouldShareCachesByCoreAndDie_whenHostIsAmd() {
    List<CpuidEntry> answers = apply(AMD, new CpuTopology(2, 3, 2, 2), 0);

    assertEquals(1, sharing(answers, EXTENDED + 0x1d, 0));
    assertEquals(1, sharing(answers, EXTENDED + 0x1d, 2));
    assertEquals(7, sharing(answers, EXTENDED + 0x1d, 3));
    assertEquals(0, ask(answers, EXTENDED + 0x1d, 3).eax() >>> 26);
    assertEquals(
        ask(AMD, EXTENDED + 0x1d, 3).ecx(), ask(answers, EXTENDED + 0x1d, 3).ecx(), "sets");
  }

  @Test
  void shouldTellCoreAndNode_whenHostIsAmd() {
    // Package 1, die 1, core 2, thread 1.
    List<CpuidEntry> answers = apply(AMD, new CpuTopology(2, 3, 2, 2), 23);

    CpuidEntry topology = ask(answers, EXTENDED + 0x1e, 0);
    assertEquals(0b1_1_10_1, topology.eax());
    assertEquals(1 << 8 | 0b1_10, topology.ebx(), "two threads a core; core 2 of die 1");
    assertEquals(1 << 8 | 0b1_1, topology.ecx(), "two nodes a package; the last of all");
    assertEquals(4 << 12 | 11, ask(answers, EXTENDED + 8, 0).ecx() & 0xf0ff);
    assertEquals(0x400002, ask(answers, EXTENDED + 1, 0).ecx() & 0x400002, "TOPOEXT, CmpLegacy");
  }

  @Test
  void shouldShowThreads_whenHostIsAnAmdWithoutTopologyExtensions() {
    List<CpuidEntry> old = new ArrayList<>(AMD);
    old.removeIf(e -> e.function() == EXTENDED + 0x1d || e.function() == EXTENDED + 0x1e);
    old.replaceAll(
        e ->
            e.function() == EXTENDED || e.function() == EXTENDED + 1
                ? new CpuidEntry(e.function(), 0, 0, EXTENDED + 8, e.ebx(), 0, e.edx())
                : e);

    List<CpuidEntry> answers = apply(old, new CpuTopology(2, 2, 1, 1), 3);

    assertEquals(EXTENDED + 0x1e, ask(answers, EXTENDED, 0).eax());
    assertEquals(0x400002, ask(answers, EXTENDED + 1, 0).ecx(), "TOPOEXT, CmpLegacy");
    assertEquals(3, ask(answers, EXTENDED + 0x1e, 0).eax());
    assertEquals(1 << 8 | 1, ask(answers, EXTENDED + 0x1e, 0).ebx());
  }

  private static List<CpuidEntry> apply(
      List<CpuidEntry> supported, CpuTopology topology, int vcpu) {
    return CpuidPolicy.apply(supported, new CpuidSettings(topology, 46, 0, false, ""), vcpu);
  }

  private static int sharing(List<CpuidEntry> answers, int function, int index) {
    return ask(answers, function, index).eax() >>> 14 & 0xfff;
  }

  private static List<String> levels(List<CpuidEntry> answers, int function) {
    List<String> levels = new ArrayList<>();
    for (int index = 0; levels.isEmpty() || !levels.get(index - 1).startsWith("none"); index++) {
      CpuidEntry level = ask(answers, function, index);
      assertEquals(index, level.ecx() & 0xff);
      String name =
          switch (level.ecx() >>> 8) {
            case 0 -> "none";
            case 1 -> "thread";
            case 2 -> "core";
            case 5 -> "die";
            default -> "?";
          };
      levels.add("%s >>%d %d".formatted(name, level.eax(), level.ebx()));
    }
    return levels;
  }
}
