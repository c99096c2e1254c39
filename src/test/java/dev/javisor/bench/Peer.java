package dev.javisor.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Another machine monitor.
 *
 * @param kind which one it is
 * @param binary its program
 */
public record Peer(Kind kind, Path binary) {
  /** The monitors that can be asked. */
  public enum Kind {
    QEMU("QEMU (microvm)", "qemu-system-x86_64"),
    CLOUD_HYPERVISOR("Cloud Hypervisor", "cloud-hypervisor"),
    FIRECRACKER("Firecracker", "firecracker");

    private final String title;
    private final String program;

    Kind(String title, String program) {
      this.title = title;
      this.program = program;
    }
  }

  /**
   * Finds a monitor.
   *
   * @param given where it is said to be, or null to look for it on the PATH
   */
  static Optional<Peer> find(Kind kind, Path given) {
    Stream<Path> candidates =
        given != null
            ? Stream.of(given)
            : Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, kind.program));
    return candidates.filter(Files::isExecutable).findFirst().map(path -> new Peer(kind, path));
  }

  String title() {
    return kind.title;
  }

  /**
   * The command that boots a kernel with one vCPU and no device but a serial port on its standard
   * output.
   *
   * @param folder for what the monitor wants in files
   */
  List<String> boot(Path kernel, Path folder) throws IOException {
    String program = binary.toString();
    String memory = (Workbench.RAM >> 20) + "M";
    return switch (kind) {
      // Not every host of -cpu host can pass on what it says of its own weaknesses.
      case QEMU ->
          List.of(
              program,
              "-M",
              "microvm,accel=kvm",
              "-cpu",
              "host,-arch-capabilities",
              "-m",
              memory,
              "-nodefaults",
              "-no-user-config",
              "-display",
              "none",
              "-monitor",
              "none",
              "-serial",
              "stdio",
              "-kernel",
              kernel.toString());
      case CLOUD_HYPERVISOR ->
          List.of(
              program,
              "--cpus",
              "boot=1",
              "--memory",
              "size=" + memory,
              "--serial",
              "tty",
              "--console",
              "off",
              "--kernel",
              kernel.toString());
      case FIRECRACKER ->
          List.of(
              program,
              "--no-api",
              "--no-seccomp",
              "--config-file",
              firecracker(kernel, folder).toString());
    };
  }

  private static Path firecracker(Path kernel, Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("firecracker.json"),
        """
        {"boot-source": {"kernel_image_path": "%s", "boot_args": "console=ttyS0"},
         "machine-config": {"vcpu_count": 1, "mem_size_mib": %d},
         "drives": []}
        """
            .formatted(kernel, Workbench.RAM >> 20));
  }
}
