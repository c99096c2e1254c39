package dev.javisor;

import dev.javisor.config.CpuConfig;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.machine.CpuSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The vCPUs as the builder was told. */
final class CpuSettings implements CpuConfig {
  /** What no host goes beyond; keeps products from overflowing. */
  private static final int MOST_OF_ANYTHING = 1 << 15;

  private @Nullable Integer count;
  private @Nullable Integer threads;
  private @Nullable Integer cores;
  private @Nullable Integer dies;
  private @Nullable Integer packages;

  @Override
  public CpuConfig count(int count) {
    this.count = count;
    return this;
  }

  @Override
  public CpuConfig threads(int threadsPerCore) {
    threads = threadsPerCore;
    return this;
  }

  @Override
  public CpuConfig cores(int coresPerDie) {
    cores = coresPerDie;
    return this;
  }

  @Override
  public CpuConfig dies(int diesPerPackage) {
    dies = diesPerPackage;
    return this;
  }

  @Override
  public CpuConfig packages(int packages) {
    this.packages = packages;
    return this;
  }

  /**
   * Makes out the topology.
   *
   * @param mostVcpus what the host can do, or something larger if it is not known
   * @param problems takes the mistakes
   * @return the vCPUs; one if there are mistakes
   */
  CpuSpec resolve(int mostVcpus, List<Problem> problems) {
    int before = problems.size();
    check("cpus.threads", threads, 2, "1 or 2", problems);
    check("cpus.cores", cores, MOST_OF_ANYTHING, "1 or more", problems);
    check("cpus.dies", dies, MOST_OF_ANYTHING, "1 or more", problems);
    check("cpus.packages", packages, MOST_OF_ANYTHING, "1 or more", problems);
    check(
        "cpus",
        count,
        mostVcpus,
        "1 to %d, which is this host's limit".formatted(mostVcpus),
        problems);
    if (problems.size() > before) {
      return new CpuSpec(1, 1, 1, 1, 1);
    }
    long others = (long) or1(threads) * or1(dies) * or1(packages);
    long wanted = count != null ? count : others * or1(cores);
    long coresPerDie = cores != null ? cores : Math.max(1, wanted / others);
    if (others * coresPerDie != wanted) {
      String factors =
          "%d threads x %s cores x %d dies x %d packages"
              .formatted(or1(threads), cores == null ? "any" : cores, or1(dies), or1(packages));
      problems.add(
          new Problem("cpus", String.valueOf(wanted), factors + " cannot come to that number"));
    } else if (wanted > mostVcpus) {
      problems.add(
          new Problem(
              "cpus",
              String.valueOf(wanted),
              "the topology comes to more than %d, this host's limit".formatted(mostVcpus)));
    }
    return problems.size() > before
        ? new CpuSpec(1, 1, 1, 1, 1)
        : new CpuSpec((int) wanted, or1(threads), (int) coresPerDie, or1(dies), or1(packages));
  }

  private static void check(
      String field, @Nullable Integer value, int most, String expected, List<Problem> problems) {
    if (value != null && (value < 1 || value > most)) {
      problems.add(new Problem(field, value.toString(), "expected " + expected));
    }
  }

  private static int or1(@Nullable Integer value) {
    return value == null ? 1 : value;
  }
}
