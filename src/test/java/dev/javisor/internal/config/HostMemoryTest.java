package dev.javisor.internal.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostMemoryTest {
  private static final long MIB = 1L << 20;

  @TempDir Path root;
  private HostMemory memory;

  @BeforeEach
  void setUp() {
    memory = new HostMemory(root);
  }

  @Test
  void shouldTakeTheHostsWord_whenItTellsNothing() {
    assertEquals(Optional.empty(), memory.shortage(1L << 50));
    assertEquals(Optional.empty(), memory.hugePageShortage(1L << 50));
  }

  @Test
  void shouldCompareWithWhatTheHostHasLeft() throws IOException {
    write("proc/meminfo", "MemTotal: 9999999 kB\nMemAvailable:  1024 kB\nSwapFree:  1024 kB\n");

    assertEquals(Optional.empty(), memory.shortage(2 * MIB));
    assertEquals(Optional.of("the host has 1 MiB left"), memory.shortage(2 * MIB + 1));
  }

  @Test
  void shouldCompareWithTheControlGroupAndItsAncestors() throws IOException {
    write("proc/self/cgroup", "0::/parent/child\n");
    group("sys/fs/cgroup/parent", "memory.max", 10 * MIB, "memory.current", 4 * MIB);
    group("sys/fs/cgroup/parent/child", "memory.max", 100 * MIB, "memory.current", MIB);

    assertEquals(Optional.empty(), memory.shortage(6 * MIB));
    String why = memory.shortage(6 * MIB + 1).orElseThrow();
    assertTrue(why.contains("control group of this JVM has 6 MiB left"), why);
  }

  @Test
  void shouldNotCountFileCacheThatCanGo() throws IOException {
    write("proc/self/cgroup", "0::/\n");
    group("sys/fs/cgroup", "memory.max", 10 * MIB, "memory.current", 9 * MIB);
    write("sys/fs/cgroup/memory.stat", "anon 1\ninactive_file " + 8 * MIB + "\nfile 5\n");

    assertEquals(Optional.empty(), memory.shortage(9 * MIB));
    assertTrue(memory.shortage(9 * MIB + 1).isPresent());
  }

  @Test
  void shouldHaveNoLimit_whenTheGroupHasNone() throws IOException {
    write("proc/self/cgroup", "0::/\n");
    write("sys/fs/cgroup/memory.max", "max\n");
    write("sys/fs/cgroup/memory.current", "5\n");

    assertEquals(Optional.empty(), memory.shortage(1L << 50));
  }

  @Test
  void shouldReadControlGroupsOfVersion1() throws IOException {
    write("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/docker/abc\n");
    group(
        "sys/fs/cgroup/memory/docker/abc",
        "memory.limit_in_bytes",
        10 * MIB,
        "memory.usage_in_bytes",
        MIB);

    assertEquals(Optional.empty(), memory.shortage(9 * MIB));
    assertTrue(memory.shortage(9 * MIB + 1).isPresent());
  }

  @Test
  void shouldFindTheLimitAtTheMount_whenAContainerShowsItsGroupAsTheRoot() throws IOException {
    write("proc/self/cgroup", "0::/../../docker/abc\n");
    group("sys/fs/cgroup", "memory.max", 10 * MIB, "memory.current", MIB);

    assertTrue(memory.shortage(10 * MIB).isPresent());
  }

  @Test
  void shouldSurviveNonsense() throws IOException {
    write("proc/meminfo", "MemAvailable: lots kB\nMemAvailable\n");
    write("proc/self/cgroup", "\n::\n0:\nx:y\n");
    write("sys/fs/cgroup/memory.max", "");

    assertEquals(Optional.empty(), memory.shortage(1L << 50));
  }

  @Test
  void shouldCountFreeHugePages() throws IOException {
    write("proc/meminfo", "Hugepagesize:    2048 kB\n");
    write("sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "3\n");

    assertEquals(Optional.empty(), memory.hugePageShortage(6 * MIB));
    String why = memory.hugePageShortage(8 * MIB).orElseThrow();
    assertTrue(why.contains("3 free huge pages of 2 MiB and this takes 4"), why);
    assertTrue(why.contains("vm.nr_hugepages"), why);
  }

  private void group(String path, String limit, long limitBytes, String used, long usedBytes)
      throws IOException {
    write(path + "/" + limit, limitBytes + "\n");
    write(path + "/" + used, usedBytes + "\n");
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
