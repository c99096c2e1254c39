package dev.javisor.internal.x86;

/**
 * How a guest's vCPUs are told to hang together, and the APIC ids that follow from it: a bit field
 * for each level, wide enough for the level's count, thread lowest.
 *
 * <p>Source: SDM Vol 3A, "Hierarchical Mapping of Shared Resources"; Intel, "Topology Enumeration
 * Architecture".
 *
 * @param threads threads a core
 * @param cores cores a die
 * @param dies dies a package
 * @param packages packages
 */
public record CpuTopology(int threads, int cores, int dies, int packages) {
  /** More than any KVM supports. */
  private static final int MAX_COUNT = 1 << 16;

  /** The last id in an 8-bit APIC id field that is a processor; 255 means all of them. */
  private static final int LAST_XAPIC_ID = 254;

  /**
   * @throws IllegalArgumentException if a factor is not positive, or the vCPUs are more than 65536
   */
  public CpuTopology {
    long count = 1;
    for (int factor : new int[] {threads, cores, dies, packages}) {
      if (factor < 1 || factor > MAX_COUNT / count) {
        throw new IllegalArgumentException(
            "impossible topology %d:%d:%d:%d".formatted(threads, cores, dies, packages));
      }
      count *= factor;
    }
  }

  /** One package with so many cores. */
  public static CpuTopology flat(int vcpus) {
    return new CpuTopology(1, vcpus, 1, 1);
  }

  /** The number of vCPUs. */
  public int count() {
    return threadsPerPackage() * packages;
  }

  /** Threads a die. */
  public int threadsPerDie() {
    return threads * cores;
  }

  /** Threads a package. */
  public int threadsPerPackage() {
    return threads * cores * dies;
  }

  /** The bits of an APIC id that tell a core's threads apart. */
  public int coreShift() {
    return width(threads);
  }

  /** The bits of an APIC id that tell a die's threads apart. */
  public int dieShift() {
    return coreShift() + width(cores);
  }

  /** The bits of an APIC id that tell a package's threads apart. */
  public int packageShift() {
    return dieShift() + width(dies);
  }

  /**
   * A vCPU's APIC id, which KVM takes as its id too.
   *
   * @param vcpu from 0 on; threads of one core are neighbours
   */
  public int apicId(int vcpu) {
    int thread = vcpu % threads;
    int core = vcpu / threads % cores;
    int die = vcpu / threadsPerDie() % dies;
    int cpuPackage = vcpu / threadsPerPackage();
    return thread | core << coreShift() | die << dieShift() | cpuPackage << packageShift();
  }

  /** Whether an id does not fit into 8 bits: the vCPUs then have to start in x2APIC mode. */
  public boolean needsX2Apic() {
    return apicId(count() - 1) > LAST_XAPIC_ID;
  }

  private static int width(int count) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
  }
}
