package dev.javisor.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.stream.Stream;

/** The machine on which measurements are made. */
final class BenchMachine {
  private BenchMachine() {}

  /** Its CPUs, kernel, JVM and KVM, and the date. */
  static String line() throws IOException {
    return "%s, %d CPUs, Linux %s, %s %s (%s), %s"
        .formatted(
            cpuModel(),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.version"),
            System.getProperty("java.vm.name"),
            System.getProperty("java.vm.version"),
            Files.exists(Path.of("/sys/module/kvm_intel"))
                ? "kvm_intel"
                : Files.exists(Path.of("/sys/module/kvm_amd")) ? "kvm_amd" : "another KVM",
            LocalDate.now(ZoneId.systemDefault()));
  }

  private static String cpuModel() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse("unknown CPU");
    }
  }
}
