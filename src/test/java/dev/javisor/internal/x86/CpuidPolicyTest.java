package dev.javisor.internal.x86;

import static dev.javisor.internal.x86.CpuidFixture.ask;
import static dev.javisor.internal.x86.CpuidFixture.has;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpuidPolicyTest {
  private static final List<CpuidEntry> AMD = CpuidFixture.read("cpuid-amd.txt");
  private static final List<CpuidEntry> INTEL = CpuidFixture.read("cpuid-intel.txt");
  private static final int EXTENDED = 0x8000_0000;

  @Test
  void shouldShowAVirtualMachine_whenHostIsAmd() {
    CpuidEntry features = ask(apply(AMD, settings(false)), 1, 0);

    assertTrue(bit(features.ecx(), 31), "hypervisor");
    assertTrue(bit(features.ecx(), 24), "TSC deadline timer");
    assertTrue(bit(features.ecx(), 21), "x2APIC");
    assertTrue(bit(features.edx(), 12), "MTRR");
    assertTrue(bit(features.edx(), 25), "SSE, from the host");
    assertEquals(8 << 8, features.ebx() & 0xff00, "CLFLUSH size, from the host");
  }

  @Test
  void shouldHideNestedVirtualization() {
    assertFalse(bit(ask(apply(INTEL, settings(false)), 1, 0).ecx(), 5), "VMX");
    CpuidEntry svm = new CpuidEntry(EXTENDED + 1, 0, 0, 0, 0, -1, -1);
    List<CpuidEntry> answers = apply(List.of(ask(AMD, 0, 0), ask(AMD, 1, 0), svm), settings(false));
    assertFalse(bit(ask(answers, EXTENDED + 1, 0).ecx(), 2), "SVM");
    assertFalse(has(apply(AMD, settings(false)), EXTENDED + 0xa));
  }

  @Test
  void shouldHideAmxAndSgx_whenHostHasThem() {
    List<CpuidEntry> answers = apply(INTEL, settings(false));

    CpuidEntry features = ask(answers, 7, 0);
    assertEquals(0, features.edx() & (1 << 22 | 1 << 24 | 1 << 25), "AMX");
    assertEquals(0, features.ebx() & 1 << 2, "SGX");
    assertEquals(0, features.ecx() & 1 << 30, "SGX launch control");
    assertTrue(bit(features.ebx(), 5), "AVX2, from the host");
    assertEquals(0, ask(answers, 7, 1).eax() & 1 << 21, "AMX-FP16");
    assertEquals(0, ask(answers, 7, 1).edx() & 1 << 8, "AMX-COMPLEX");
    assertEquals(0x2e7, ask(answers, 0xd, 0).eax());
    assertEquals(
        List.of(0, 1, 2),
        answers.stream().filter(e -> e.function() == 0xd).map(CpuidEntry::index).toList());
    assertFalse(has(answers, 0x1d));
    assertFalse(has(answers, 0x1e));
    assertFalse(has(answers, 0x12));
  }

  @Test
  void shouldKeepWhatItHasNoOpinionOn() {
    List<CpuidEntry> answers = apply(INTEL, settings(false));

    assertEquals(ask(INTEL, 0xa, 0), ask(answers, 0xa, 0));
    assertEquals(ask(INTEL, 6, 0), ask(answers, 6, 0));
    assertEquals(ask(INTEL, 0xd, 2), ask(answers, 0xd, 2));
  }

  @Test
  void shouldLimitPhysicalBits_whenHostHasMore() {
    assertEquals(46, CpuidPolicy.physicalBits(AMD));
    assertEquals(46, CpuidPolicy.physicalBits(INTEL));
    assertEquals(
        39, CpuidPolicy.physicalBits(List.of(new CpuidEntry(EXTENDED + 8, 0, 0, 0x3027, 0, 0, 0))));
    assertEquals(36, CpuidPolicy.physicalBits(List.of()));

    CpuidEntry sizes = ask(apply(AMD, settings(false)), EXTENDED + 8, 0);

    assertEquals(0x2e302e, sizes.eax());
    assertEquals(ask(AMD, EXTENDED + 8, 0).ebx(), sizes.ebx());
  }

  @Test
  void shouldAnnounceExtendedDestinationIds_onlyWhenAskedFor() {
    int host = ask(AMD, 0x4000_0001, 0).eax();
    int without = ask(apply(AMD, settings(false)), 0x4000_0001, 0).eax();
    int with = ask(apply(AMD, settings(true)), 0x4000_0001, 0).eax();

    assertEquals(host & ~(1 << 15), without);
    assertEquals(host | 1 << 15, with);
  }

  @Test
  void shouldTellTheTscFrequency_whenTscIsInvariant() {
    List<CpuidEntry> answers = apply(AMD, settings(false));

    assertEquals(0x4000_0010, ask(answers, 0x4000_0000, 0).eax());
    assertEquals(0x4b4d564b, ask(answers, 0x4000_0000, 0).ebx(), "KVMK");
    assertEquals(2_600_000, ask(answers, 0x4000_0010, 0).eax());
    assertEquals(1_000_000, ask(answers, 0x4000_0010, 0).ebx());
  }

  @Test
  void shouldNotTellTheTscFrequency_whenTscVaries() {
    List<CpuidEntry> varying =
        AMD.stream().filter(entry -> entry.function() != EXTENDED + 7).toList();

    List<CpuidEntry> answers = apply(varying, settings(false));

    assertEquals(0x4000_0001, ask(answers, 0x4000_0000, 0).eax());
    assertFalse(has(answers, 0x4000_0010));
  }

  @Test
  void shouldNameTheProcessor_whenKvmDoesNot() {
    assertEquals("AMD EPYC", brand(apply(AMD, settings(false))));
  }

  @Test
  void shouldCutTheName_whenItIsTooLong() {
    String name = "x".repeat(60);

    List<CpuidEntry> answers =
        CpuidPolicy.apply(AMD, new CpuidSettings(CpuTopology.flat(1), 46, 0, false, name), 0);

    assertEquals("x".repeat(47), brand(answers));
  }

  @Test
  void shouldKeepTheName_whenKvmHasOne() {
    List<CpuidEntry> named =
        List.of(
            ask(AMD, 0, 0),
            ask(AMD, 1, 0),
            new CpuidEntry(EXTENDED + 2, 0, 0, 0x646d61, 0, 0, 0),
            new CpuidEntry(EXTENDED + 3, 0, 0, 0, 0, 0, 0),
            new CpuidEntry(EXTENDED + 4, 0, 0, 0, 0, 0, 0));

    assertEquals("amd", brand(apply(named, settings(false))));
  }

  @Test
  void shouldLeaveTheHostsListAlone() {
    List<CpuidEntry> before = List.copyOf(INTEL);

    List<CpuidEntry> answers = apply(INTEL, settings(true));

    assertEquals(before, INTEL);
    assertNotEquals(before, answers);
    assertTrue(answers.size() <= 256, "KVM_MAX_CPUID_ENTRIES");
  }

  private static CpuidSettings settings(boolean extendedDestinationIds) {
    return new CpuidSettings(
        CpuTopology.flat(4), 46, 2_600_000, extendedDestinationIds, "AMD EPYC");
  }

  private static List<CpuidEntry> apply(List<CpuidEntry> supported, CpuidSettings settings) {
    return CpuidPolicy.apply(supported, settings, 1);
  }

  private static boolean bit(int register, int number) {
    return (register >>> number & 1) != 0;
  }

  private static String brand(List<CpuidEntry> answers) {
    ByteBuffer text = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
    for (int leaf = EXTENDED + 2; leaf <= EXTENDED + 4; leaf++) {
      CpuidEntry entry = ask(answers, leaf, 0);
      text.putInt(entry.eax()).putInt(entry.ebx()).putInt(entry.ecx()).putInt(entry.edx());
    }
    String all = new String(text.array(), StandardCharsets.US_ASCII);
    return all.substring(0, all.indexOf('\0'));
  }
}
