package dev.javisor.internal.x86;

import static dev.javisor.internal.x86.CpuidTable.Register.EAX;
import static dev.javisor.internal.x86.CpuidTable.Register.EBX;
import static dev.javisor.internal.x86.CpuidTable.Register.ECX;
import static dev.javisor.internal.x86.CpuidTable.Register.EDX;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * What CPUID answers in a guest: what KVM supports on this host, changed where the machine differs
 * from the host.
 *
 * <p>Kept as KVM reports it: the host's features, performance counters (leaf 0xA), KVM's own
 * features (0x4000_0001). Hidden: nested virtualization (VMX, SVM), AMX (KVM wants a permission for
 * it that is not asked for), SGX and memory encryption (they need devices that the machine has
 * not).
 *
 * <p>Source: SDM Vol 2A, "CPUID"; APM Vol 3, appendix E; KVM cpuid.rst. Like Cloud Hypervisor
 * (arch/src/x86_64/mod.rs), but for the caches' sharing and the topology of AMD, which follow the
 * manuals.
 */
public final class CpuidPolicy {
  static final int BASE = 0;
  static final int FEATURES = 1;
  static final int EXTENDED_BASE = 0x8000_0000;
  static final int EXTENDED_FEATURES = 0x8000_0001;
  static final int ADDRESS_SIZES = 0x8000_0008;

  private static final int STRUCTURED_FEATURES = 7;
  private static final int XSAVE = 0xd;
  private static final int SGX = 0x12;
  private static final int TILE_INFORMATION = 0x1d;
  private static final int TMUL_INFORMATION = 0x1e;
  private static final int BRAND = 0x8000_0002;
  private static final int BRAND_LEAVES = 3;
  private static final int POWER = 0x8000_0007;
  private static final int SVM_FEATURES = 0x8000_000a;
  private static final int ENCRYPTION = 0x8000_001f;
  private static final int KVM_BASE = 0x4000_0000;
  private static final int KVM_FEATURES = 0x4000_0001;
  private static final int KVM_FREQUENCIES = 0x4000_0010;

  private static final int VMX = 1 << 5;
  private static final int X2APIC = 1 << 21;
  private static final int TSC_DEADLINE = 1 << 24;
  private static final int HYPERVISOR = 1 << 31;
  private static final int MTRR = 1 << 12;
  private static final int SVM = 1 << 2;
  private static final int INVARIANT_TSC = 1 << 8;
  private static final int MSI_EXT_DEST_ID = 1 << 15;
  private static final int SGX_FEATURE = 1 << 2;
  private static final int SGX_LAUNCH_CONTROL = 1 << 30;
  private static final int AMX_EDX = 1 << 22 | 1 << 24 | 1 << 25;
  private static final int AMX_FP16 = 1 << 21;
  private static final int AMX_COMPLEX = 1 << 8;
  private static final int TILE_CONFIG_STATE = 17;
  private static final int TILE_DATA_STATE = 18;

  private static final int DEFAULT_PHYSICAL_BITS = 36;
  private static final int GUEST_PHYSICAL_BITS_SHIFT = 16;
  private static final int PHYSICAL_BITS_MASK = 0xff00ff;

  /** KVM counts its APIC timer in nanoseconds: 1 GHz. */
  private static final int APIC_BUS_KHZ = 1_000_000;

  private CpuidPolicy() {}

  /**
   * The width of guest physical addresses on this host: the processor's, 46 at most.
   *
   * @param supported what KVM supports: KVM api.rst KVM_GET_SUPPORTED_CPUID
   */
  public static int physicalBits(List<CpuidEntry> supported) {
    int bits = new CpuidTable(supported).get(ADDRESS_SIZES, 0, EAX) & 0xff;
    return Math.min(bits == 0 ? DEFAULT_PHYSICAL_BITS : bits, PlatformLayout.MAX_PHYSICAL_BITS);
  }

  /**
   * What CPUID answers on one vCPU.
   *
   * @param supported what KVM supports: KVM api.rst KVM_GET_SUPPORTED_CPUID
   * @param vcpu the vCPU's number, from 0 on
   */
  public static List<CpuidEntry> apply(
      List<CpuidEntry> supported, CpuidSettings settings, int vcpu) {
    CpuidTable table = new CpuidTable(supported);
    table.set(FEATURES, 0, ECX, HYPERVISOR | TSC_DEADLINE | X2APIC);
    table.set(FEATURES, 0, EDX, MTRR);
    hideNestedVirtualization(table);
    hideAmx(table);
    hideSgxAndEncryption(table);
    int bits = settings.physicalBits() | settings.physicalBits() << GUEST_PHYSICAL_BITS_SHIFT;
    table.change(ADDRESS_SIZES, 0, EAX, PHYSICAL_BITS_MASK, bits);
    tellBrand(table, settings.brand());
    tellKvm(table, settings);
    new CpuidTopology(table, settings.topology(), vcpu).apply();
    return table.entries();
  }

  private static void hideNestedVirtualization(CpuidTable table) {
    table.clear(FEATURES, 0, ECX, VMX);
    table.clear(EXTENDED_FEATURES, 0, ECX, SVM);
    table.remove(SVM_FEATURES);
  }

  private static void hideAmx(CpuidTable table) {
    table.clear(STRUCTURED_FEATURES, 0, EDX, AMX_EDX);
    table.clear(STRUCTURED_FEATURES, 1, EAX, AMX_FP16);
    table.clear(STRUCTURED_FEATURES, 1, EDX, AMX_COMPLEX);
    table.remove(TILE_INFORMATION);
    table.remove(TMUL_INFORMATION);
    table.clear(XSAVE, 0, EAX, 1 << TILE_CONFIG_STATE | 1 << TILE_DATA_STATE);
    table.remove(XSAVE, TILE_CONFIG_STATE);
    table.remove(XSAVE, TILE_DATA_STATE);
  }

  private static void hideSgxAndEncryption(CpuidTable table) {
    table.clear(STRUCTURED_FEATURES, 0, EBX, SGX_FEATURE);
    table.clear(STRUCTURED_FEATURES, 0, ECX, SGX_LAUNCH_CONTROL);
    table.remove(SGX);
    table.remove(ENCRYPTION);
  }

  private static void tellBrand(CpuidTable table, String brand) {
    if (brand.isEmpty() || table.get(BRAND, 0, EAX) != 0) {
      return;
    }
    int leafBytes = 4 * Integer.BYTES;
    byte[] text =
        Arrays.copyOf(brand.getBytes(StandardCharsets.US_ASCII), BRAND_LEAVES * leafBytes - 1);
    byte[] terminated = Arrays.copyOf(text, BRAND_LEAVES * leafBytes);
    for (int i = 0; i < BRAND_LEAVES; i++) {
      int at = i * leafBytes;
      table.put(
          new CpuidEntry(
              BRAND + i,
              0,
              0,
              word(terminated, at),
              word(terminated, at + 4),
              word(terminated, at + 8),
              word(terminated, at + 12)));
    }
  }

  private static int word(byte[] text, int at) {
    return text[at] & 0xff
        | (text[at + 1] & 0xff) << 8
        | (text[at + 2] & 0xff) << 16
        | (text[at + 3] & 0xff) << 24;
  }

  private static void tellKvm(CpuidTable table, CpuidSettings settings) {
    table.change(KVM_FEATURES, 0, EAX, MSI_EXT_DEST_ID, settings.extendedDestinationIds() ? -1 : 0);
    boolean invariant = (table.get(POWER, 0, EDX) & INVARIANT_TSC) != 0;
    if (invariant && settings.tscKhz() > 0 && settings.tscKhz() <= 0xffff_ffffL) {
      table.change(KVM_BASE, 0, EAX, -1, KVM_FREQUENCIES);
      table.put(new CpuidEntry(KVM_FREQUENCIES, 0, 0, (int) settings.tscKhz(), APIC_BUS_KHZ, 0, 0));
    }
  }
}
