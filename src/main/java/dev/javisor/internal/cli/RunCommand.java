package dev.javisor.internal.cli;

import dev.javisor.VirtualMachine;
import dev.javisor.config.CpuConfig;
import dev.javisor.config.MemoryConfig;
import dev.javisor.config.OnReset;
import dev.javisor.error.HypervisorUnavailableException;
import dev.javisor.error.JavisorException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Starts a machine and stays until it ends. Options are named as Cloud Hypervisor's. */
@Command(
    name = "javisor run",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = "Starts a virtual machine and stays until it ends.",
    footer = {
      "",
      "Exit status: 0 power-off, 1 error, 10 reset, 11 panic, 12 triple fault, 64 wrong command"
          + " line, 69 no usable KVM, 130 Ctrl-C."
    })
final class RunCommand implements Callable<Integer> {
  private static final List<String> CPU_KEYS = List.of("boot", "topology");
  private static final List<String> MEMORY_KEYS =
      List.of("size", "shared", "hugepages", "prefault", "thp");
  private static final List<String> SERIAL_MODES = List.of("tty", "null");

  @Option(
      names = "--kernel",
      required = true,
      paramLabel = "FILE",
      description = "the kernel or firmware: an ELF vmlinux with a PVH note, or a bzImage")
  private @Nullable Path kernel;

  @Option(names = "--initramfs", paramLabel = "FILE", description = "the initial RAM file system")
  private @Nullable Path initramfs;

  @Option(
      names = "--cmdline",
      paramLabel = "TEXT",
      defaultValue = "console=ttyS0",
      description = "the kernel's command line; default: ${DEFAULT-VALUE}")
  private String cmdline = "";

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

  @Option(
      names = "--serial",
      paramLabel = "tty|null",
      defaultValue = "tty",
      description = "where the first serial port goes; default: ${DEFAULT-VALUE}")
  private String serial = "";

  @Option(names = "--no-reboot", description = "end with status 10 when the guest asks for a reset")
  private boolean noReboot;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  private final PrintStream out;

  private RunCommand(PrintStream out) {
    this.out = out;
  }

  static int execute(PrintStream out, PrintStream err, String... args) {
    CommandLine line = new CommandLine(new RunCommand(out));
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setExecutionExceptionHandler(
        (e, command, result) -> {
          if (!(e instanceof JavisorException)) {
            throw e;
          }
          command.getErr().println("javisor: " + e.getMessage());
          return e instanceof HypervisorUnavailableException
              ? ExitStatus.UNAVAILABLE
              : ExitStatus.ERROR;
        });
    line.getCommandSpec().exitCodeOnInvalidInput(ExitStatus.USAGE);
    return line.execute(args);
  }

  @Override
  public Integer call() throws InterruptedException {
    VirtualMachine.Builder builder = builder();
    if (serial.equals("tty")) {
      builder.consoleOutput(out);
    }
    return new Session(serial.equals("tty")).run(builder.build());
  }

  private VirtualMachine.Builder builder() {
    VirtualMachine.Builder builder = VirtualMachine.builder().name("vm").cmdline(cmdline);
    if (kernel != null) {
      builder.kernel(kernel);
    }
    if (initramfs != null) {
      builder.initramfs(initramfs);
    }
    try {
      builder.cpus(this::configureCpus).memory(this::configureMemory);
      checkSerial();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(commandLine(), String.valueOf(e.getMessage()), e);
    }
    return builder.onReset(noReboot ? OnReset.EXIT : OnReset.REBOOT);
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

  private void checkSerial() {
    if (!SERIAL_MODES.contains(serial)) {
      throw new IllegalArgumentException(
          "--serial has no mode '%s'; did you mean %s?"
              .formatted(serial, Nearest.of(serial, SERIAL_MODES)));
    }
  }

  private CommandLine commandLine() {
    if (spec == null) {
      throw new IllegalStateException("not called by picocli");
    }
    return spec.commandLine();
  }
}
