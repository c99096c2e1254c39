package dev.javisor.internal.x86;

import static dev.javisor.internal.x86.CpuidPolicy.ADDRESS_SIZES;
import static dev.javisor.internal.x86.CpuidPolicy.BASE;
import static dev.javisor.internal.x86.CpuidPolicy.EXTENDED_BASE;
import static dev.javisor.internal.x86.CpuidPolicy.EXTENDED_FEATURES;
import static dev.javisor.internal.x86.CpuidPolicy.FEATURES;
import static dev.javisor.internal.x86.CpuidTable.Register.EAX;
import static dev.javisor.internal.x86.CpuidTable.Register.EBX;
import static dev.javisor.internal.x86.CpuidTable.Register.ECX;
import static dev.javisor.internal.x86.CpuidTable.Register.EDX;

/**
 * Tells one vCPU by CPUID who it is and where it stands among the others. Caches follow the
 * topology whatever the host's do: the first two levels belong to a core, the others to a die; a
 * guest's scheduler takes what contradicts its own picture of cores for a broken machine.
 */
final class CpuidTopology {
  private static final int CACHES = 4;
  private static final int EXTENDED_TOPOLOGY = 0xb;
  private static final int EXTENDED_TOPOLOGY_V2 = 0x1f;
  private static final int AMD_CACHES = 0x8000_001d;
  private static final int AMD_TOPOLOGY = 0x8000_001e;
  private static final int AMD_EXTENDED_TOPOLOGY = 0x8000_0026;

  private static final int HYPER_THREADING = 1 << 28;
  private static final int CMP_LEGACY = 1 << 1;
  private static final int TOPOLOGY_EXTENSIONS = 1 << 22;

  private static final int LEVEL_THREAD = 1;
  private static final int LEVEL_CORE = 2;
  private static final int LEVEL_DIE = 5;

  private static final int CACHE_TYPE_MASK = 0x1f;
  private static final int CACHE_SHARING_SHIFT = 14;
  private static final int CACHE_SHARING_MASK = 0xfff;
  private static final int CACHE_CORES_SHIFT = 26;
  private static final int CACHE_CORES_MASK = 0x3f;
  private static final int LAST_CORE_CACHE_LEVEL = 2;

  private static final int MAX_NODES = 8;

  private final CpuidTable table;
  private final CpuTopology topology;
  private final int apicId;
  private final boolean amd;

  CpuidTopology(CpuidTable table, CpuTopology topology, int vcpu) {
    this.table = table;
    this.topology = topology;
    this.apicId = topology.apicId(vcpu);
    this.amd = isAmd(table);
  }

  void apply() {
    boolean several = topology.threadsPerPackage() > 1;
    int identity = apicId << 24 | Math.min(topology.threadsPerPackage(), 0xff) << 16;
    table.change(FEATURES, 0, EBX, 0xffff_0000, identity);
    table.change(FEATURES, 0, EDX, HYPER_THREADING, several ? -1 : 0);
    tellExtendedTopology();
    if (amd) {
      tellCaches(AMD_CACHES, false);
      tellAmd(several);
    } else {
      tellCaches(CACHES, true);
    }
  }

  /** "Authentic AMD" and "Hygon Genuine", by what EBX holds. */
  private static boolean isAmd(CpuidTable table) {
    int ebx = table.get(BASE, 0, EBX);
    return ebx == 0x6874_7541 || ebx == 0x6f67_7948;
  }

  private void tellExtendedTopology() {
    raise(BASE, EXTENDED_TOPOLOGY);
    table.remove(EXTENDED_TOPOLOGY);
    level(EXTENDED_TOPOLOGY, 0, LEVEL_THREAD, topology.coreShift(), topology.threads());
    level(EXTENDED_TOPOLOGY, 1, LEVEL_CORE, topology.packageShift(), topology.threadsPerPackage());
    level(EXTENDED_TOPOLOGY, 2, 0, 0, 0);
    table.remove(EXTENDED_TOPOLOGY_V2);
    if (amd) {
      return;
    }
    // Only this leaf knows dies; processors that have none of them need not have the leaf.
    boolean dies = topology.dies() > 1;
    if (dies) {
      raise(BASE, EXTENDED_TOPOLOGY_V2);
    }
    int leaf = EXTENDED_TOPOLOGY_V2;
    level(leaf, 0, LEVEL_THREAD, topology.coreShift(), topology.threads());
    level(leaf, 1, LEVEL_CORE, topology.dieShift(), topology.threadsPerDie());
    if (dies) {
      level(leaf, 2, LEVEL_DIE, topology.packageShift(), topology.threadsPerPackage());
    }
    level(leaf, dies ? 3 : 2, 0, 0, 0);
  }

  private void level(int function, int index, int type, int shift, int threads) {
    table.put(
        new CpuidEntry(
            function,
            index,
            CpuidEntry.SIGNIFICANT_INDEX,
            shift,
            threads & 0xffff,
            type << 8 | index,
            apicId));
  }

  private void tellCaches(int function, boolean cores) {
    for (CpuidEntry cache : table.leaf(function)) {
      if ((cache.eax() & CACHE_TYPE_MASK) == 0) {
        continue;
      }
      int level = cache.eax() >> 5 & 7;
      int shift = level <= LAST_CORE_CACHE_LEVEL ? topology.coreShift() : topology.dieShift();
      int sharing = Math.min((1 << shift) - 1, CACHE_SHARING_MASK) << CACHE_SHARING_SHIFT;
      int mask = CACHE_SHARING_MASK << CACHE_SHARING_SHIFT;
      if (cores) {
        int coreIds = (1 << (topology.packageShift() - topology.coreShift())) - 1;
        sharing |= Math.min(coreIds, CACHE_CORES_MASK) << CACHE_CORES_SHIFT;
        mask |= CACHE_CORES_MASK << CACHE_CORES_SHIFT;
      }
      table.change(function, cache.index(), EAX, mask, sharing);
    }
  }

  private void tellAmd(boolean several) {
    table.change(EXTENDED_FEATURES, 0, ECX, CMP_LEGACY, several ? -1 : 0);
    int lastThread = Math.min(topology.threadsPerPackage() - 1, 0xff);
    int idBits = Math.min(topology.packageShift(), 0xf);
    table.change(ADDRESS_SIZES, 0, ECX, 0xf0ff, idBits << 12 | lastThread);
    table.remove(AMD_EXTENDED_TOPOLOGY);
    // Also where the host has none: only with them do guests look at threads and dies.
    table.set(EXTENDED_FEATURES, 0, ECX, TOPOLOGY_EXTENSIONS);
    raise(EXTENDED_BASE, AMD_TOPOLOGY);
    int coreIds = (1 << (topology.packageShift() - topology.coreShift())) - 1;
    int core = apicId >> topology.coreShift() & coreIds & 0xff;
    int nodes = Math.min(topology.dies(), MAX_NODES);
    int node = apicId >> topology.dieShift() & 0xff;
    table.put(
        new CpuidEntry(
            AMD_TOPOLOGY,
            0,
            0,
            apicId,
            (topology.threads() - 1) << 8 | core,
            (nodes - 1) << 8 | node,
            0));
  }

  /** Makes a leaf reachable: its group's first leaf tells the last one that there is. */
  private void raise(int group, int leaf) {
    if (Integer.compareUnsigned(table.get(group, 0, EAX), leaf) < 0) {
      table.change(group, 0, EAX, -1, leaf);
    }
  }
}
