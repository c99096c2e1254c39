package dev.javisor.testing.microguest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this process holds of the host that machines take, from /proc/self. The JVM's own comings
 * and goings (threads of the compiler, say) are left out.
 *
 * @param descriptors descriptors of /dev/kvm, machines, vCPUs, eventfds and micro-guest kernels
 * @param threads threads that machines have made
 * @param vcpuMappings mappings of vCPUs
 * @param virtualMib the size of the address space
 */
public record HostResources(long descriptors, long threads, long vcpuMappings, long virtualMib) {
  /** What is held right now. */
  public static HostResources now() {
    try {
      String status = Files.readString(Path.of("/proc/self/status"));
      String size = status.lines().filter(l -> l.startsWith("VmSize:")).findFirst().orElseThrow();
      return new HostResources(
          list("/proc/self/fd").filter(HostResources::isOurs).count(),
          list("/proc/self/task").filter(HostResources::isMachineThread).count(),
          // Mapped files can have names that are no UTF-8.
          Files.readString(Path.of("/proc/self/maps"), StandardCharsets.ISO_8859_1)
              .lines()
              .filter(line -> line.contains("kvm-vcpu"))
              .count(),
          Long.parseLong(size.replaceAll("\\D", "")) / 1024);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits until nothing is held that was not held at a time before. A thread that was joined shows
   * in /proc for a moment still, and what an earlier test held may go at any time.
   */
  public static void awaitReturnTo(HostResources before) {
    MicroMachine.await(() -> now().holdsNoMoreThan(before), () -> before + " became " + now());
  }

  private boolean holdsNoMoreThan(HostResources before) {
    return descriptors <= before.descriptors
        && threads <= before.threads
        && vcpuMappings <= before.vcpuMappings;
  }

  private static Stream<Path> list(String folder) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      return List.copyOf(files.toList()).stream();
    }
  }

  private static boolean isOurs(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.contains("kvm") || target.contains("eventfd") || target.contains("microguest");
    } catch (IOException e) {
      // The descriptor by which the folder was listed.
      return false;
    }
  }

  private static boolean isMachineThread(Path task) {
    try {
      String name = Files.readString(task.resolve("comm"));
      return name.startsWith("micro") || name.startsWith("javisor-");
    } catch (IOException e) {
      return false;
    }
  }
}
