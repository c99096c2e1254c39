package dev.javisor.internal.cli;

import dev.javisor.VirtualMachine;
import dev.javisor.config.CpuConfig;
import dev.javisor.config.MemoryConfig;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options that say what machine it is. Cloud Hypervisor's names and keys. */
final class MachineOptions {
  private static final List<String> CPU_KEYS = List.of("boot", "topology");
  private static final List<String> MEMORY_KEYS =
      List.of("size", "shared", "hugepages", "prefault", "thp");

  @ArgGroup(multiplicity = "1")
  private Image image = new Image();

  @Option(names = "--initramfs", paramLabel = "FILE", description = "the initial RAM file system")
  private @Nullable Path initramfs;

  @Option(
      names = "--cmdline",
      paramLabel = "TEXT",
      description =
          "the kernel's command line; default: console=hvc0, console=ttyS0 with --serial tty")
  private @Nullable String cmdline;

  @Option(
      names = "--cpus",
      paramLabel = "boot=N[,topology=THREADS:CORES:DIES:PACKAGES]",
      defaultValue = "boot=1",
      description = "the vCPUs; default: ${DEFAULT-VALUE}")
  private String cpus = "";

  @Option(
      names = "--memory",
      paramLabel = "size=SIZE[,shared=on][,hugepages=on][,prefault=on][,thp=off]",
      defaultValue = "size=512M",
      description = "the RAM; default: ${DEFAULT-VALUE}")
  private String memory = "";

  /**
   * Tells the builder.
   *
   * @throws IllegalArgumentException naming the option and the word that is wrong
   */
  void apply(VirtualMachine.Builder builder) {
    builder.cpus(this::configureCpus).memory(this::configureMemory);
    if (cmdline != null) {
      builder.cmdline(cmdline);
    }
    image.apply(builder);
    if (initramfs != null) {
      builder.initramfs(KeyValues.nonEmpty("--initramfs", initramfs));
    }
  }

  private void configureCpus(CpuConfig config) {
    KeyValues keys = KeyValues.parse("--cpus", cpus, CPU_KEYS);
    String boot = keys.get("boot");
    if (boot != null) {
      config.count(KeyValues.number("--cpus", "boot", boot));
    }
    String topology = keys.get("topology");
    if (topology != null) {
      String[] factors = topology.split(":", -1);
      if (factors.length != 4) {
        throw new IllegalArgumentException(
            "--cpus: topology=%s: expected threads:cores:dies:packages".formatted(topology));
      }
      config
          .threads(KeyValues.number("--cpus", "topology", factors[0]))
          .cores(KeyValues.number("--cpus", "topology", factors[1]))
          .dies(KeyValues.number("--cpus", "topology", factors[2]))
          .packages(KeyValues.number("--cpus", "topology", factors[3]));
    }
  }

  private void configureMemory(MemoryConfig config) {
    KeyValues keys = KeyValues.parse("--memory", memory, MEMORY_KEYS);
    String size = keys.get("size");
    if (size != null) {
      config.size(size);
    }
    config
        .shared(keys.isOn("--memory", "shared", false))
        .hugePages(keys.isOn("--memory", "hugepages", false))
        .prefault(keys.isOn("--memory", "prefault", false))
        .transparentHugePages(keys.isOn("--memory", "thp", true));
  }

  /** What is started: one of the two. */
  static final class Image {
    @Option(
        names = "--kernel",
        required = true,
        paramLabel = "FILE",
        description = "the kernel: an ELF vmlinux with a PVH note, or a bzImage")
    private @Nullable Path kernel;

    @Option(
        names = "--firmware",
        required = true,
        paramLabel = "FILE",
        description =
            "a firmware that loads what a disk has: an ELF file with a PVH note, as CLOUDHV.fd")
    private @Nullable Path firmware;

    private void apply(VirtualMachine.Builder builder) {
      if (kernel != null) {
        builder.kernel(KeyValues.nonEmpty("--kernel", kernel));
      }
      if (firmware != null) {
        builder.firmware(KeyValues.nonEmpty("--firmware", firmware));
      }
    }
  }
}
