package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.CpuConfig;
import dev.javisor.config.MemoryFit;
import dev.javisor.internal.machine.CpuSpec;
import dev.javisor.testing.CapturedLog;
import java.io.IOException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How large a machine may be, and how its vCPUs lie. */
class MachineSizeTest extends BuilderFixture {
  @Test
  void shouldTakeMemoryInBytes() {
    assertEquals(3L << 20, boot(fixture.builder().memory(3L << 20)).ram().bytes());
    assertEquals(1L << 20, boot(fixture.builder().memory(m -> m.size(1 << 20))).ram().bytes());
    assertEquals(2L << 30, boot(fixture.builder().memory(m -> m.size("2G"))).ram().bytes());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1M or more",
    "-512M, 1M or more",
    "1048575, 1M or more",
    "some, not a size",
    "1G2, not a size",
    "1048577, multiple of 4096",
    "1T, 40 bits",
    "99999999T, 64 bits"
  })
  void shouldRefuseMemory(String size, String hint) {
    assertProblem("memory", size, hint, fixture.builder().memory(size));
  }

  @Test
  void shouldTakeAsMuchMemoryAsAddressesReach() {
    long most = (1L << 40) - (2L << 30);

    assertEquals(most, boot(fixture.builder().memory(most)).ram().bytes());
    assertProblem(
        "memory", "" + (most + 4096), "room for 1022G", fixture.builder().memory(most + 4096));
  }

  @Test
  void shouldRefuseHugePagesThatDoNotFit() throws IOException {
    assertProblem(
        "memory.hugePages",
        "true",
        "multiple of 2M",
        fixture.builder().memory("3M").memory(m -> m.hugePages(true)));

    host("proc/meminfo", "Hugepagesize: 2048 kB\n");
    assertProblem(
        "memory.hugePages",
        "true",
        "0 free huge pages",
        fixture.builder().memory("4M").memory(m -> m.hugePages(true)));
  }

  @Test
  void shouldRefuseMemoryThatTheHostCannotHold_whenAskedTo() throws IOException {
    host("proc/meminfo", "MemAvailable: 102400 kB\n");

    assertProblem(
        "memory",
        "101M",
        "the host has 100 MiB left",
        fixture.builder().memory("101M").memoryFit(MemoryFit.REFUSE));
    boot(fixture.builder().memory("100M").memoryFit(MemoryFit.REFUSE));
  }

  @Test
  void shouldOnlyWarnOfMemoryThatTheHostCannotHold_byDefault() throws IOException {
    host("proc/self/cgroup", "0::/\n");
    host("sys/fs/cgroup/memory.max", "104857600\n");
    host("sys/fs/cgroup/memory.current", "0\n");

    String log = CapturedLog.of(() -> boot(fixture.builder().memory("101M")));

    assertTrue(log.contains("101M of guest RAM cannot fit"), log);
    assertTrue(log.contains("control group of this JVM has 100 MiB left"), log);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 289, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void shouldRefuseNumbersOfVcpus(int count) {
    assertProblem(
        "cpus", "" + count, "1 to 288, which is this host's", fixture.builder().cpus(count));
  }

  @Test
  void shouldTakeAsManyVcpusAsTheHostAllows() {
    assertEquals(288, boot(fixture.builder().cpus(288)).cpus().count());
  }

  @Test
  void shouldMakeOutTopologies() {
    assertEquals(new CpuSpec(4, 2, 2, 1, 1), cpus(c -> c.count(4).threads(2)));
    assertEquals(new CpuSpec(4, 1, 2, 1, 2), cpus(c -> c.count(4).packages(2)));
    assertEquals(new CpuSpec(12, 2, 3, 2, 1), cpus(c -> c.threads(2).cores(3).dies(2)));
    assertEquals(new CpuSpec(2, 2, 1, 1, 1), cpus(c -> c.threads(2)));
    assertEquals(new CpuSpec(8, 1, 2, 2, 2), cpus(c -> c.count(8).cores(2).dies(2).packages(2)));
  }

  @Test
  void shouldRefuseImpossibleTopologies() {
    assertTopology("cpus.threads", "3", "1 or 2", c -> c.threads(3));
    assertTopology("cpus.threads", "0", "1 or 2", c -> c.threads(0));
    assertTopology("cpus.cores", "0", "1 or more", c -> c.cores(0));
    assertTopology("cpus.dies", "-1", "1 or more", c -> c.dies(-1));
    assertTopology("cpus.packages", "0", "1 or more", c -> c.packages(0));
    assertTopology(
        "cpus",
        "4",
        "1 threads x 3 cores x 1 dies x 1 packages cannot come to that number",
        c -> c.count(4).cores(3));
    assertTopology("cpus", "3", "2 threads x any cores", c -> c.count(3).threads(2));
    assertTopology("cpus", "1", "2 threads x any cores", c -> c.count(1).threads(2));
    assertTopology("cpus", "289", "more than 288", c -> c.cores(289));
    assertTopology(
        "cpus",
        "35184372088832",
        "more than 288",
        c -> c.cores(1 << 15).dies(1 << 15).packages(1 << 15));
  }

  private CpuSpec cpus(Consumer<CpuConfig> topology) {
    return boot(fixture.builder().cpus(topology)).cpus();
  }

  private void assertTopology(
      String field, String value, String hint, Consumer<CpuConfig> topology) {
    assertProblem(field, value, hint, fixture.builder().cpus(topology));
  }
}
