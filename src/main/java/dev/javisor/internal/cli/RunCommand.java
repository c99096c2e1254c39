package dev.javisor.internal.cli;

import dev.javisor.NetDevice;
import dev.javisor.VirtualMachine;
import dev.javisor.config.OnReset;
import dev.javisor.error.HypervisorUnavailableException;
import dev.javisor.error.JavisorException;
import dev.javisor.event.VmExit;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Starts a machine and stays until it ends. Options are named as Cloud Hypervisor's. */
@Command(
    name = "javisor run",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    customSynopsis = "usage: javisor run (--kernel=FILE | --firmware=FILE) [OPTION...]",
    synopsisHeading = "",
    description = "Starts a virtual machine and stays until it ends.",
    footer = {
      "",
      "A terminal on standard input belongs to the guest, Ctrl-C too; Ctrl-] three times within a"
          + " second ends the machine. Without a terminal, Ctrl-C ends it.",
      "",
      "Exit status: 0 power-off, 1 error, 10 reset, 11 panic, 12 triple fault, 64 wrong command"
          + " line, 69 no usable KVM, 130 ended by the user."
    })
final class RunCommand implements Callable<Integer> {
  @Mixin private MachineOptions machine = new MachineOptions();

  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Mixin private PlatformOption platform = new PlatformOption();

  @Mixin private ConsoleOptions consoles = new ConsoleOptions();

  @Option(names = "--no-reboot", description = "end with status 10 when the guest asks for a reset")
  private boolean noReboot;

  @Option(
      names = "--event-monitor",
      paramLabel = "path=FILE",
      description = "write what happens to the machine into a file, as lines of JSON")
  private @Nullable String eventMonitor;

  @Mixin private LogOptions log = new LogOptions();

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  private final PrintStream out;

  RunCommand(PrintStream out) {
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
    line.setParameterExceptionHandler((e, words) -> wrong(e));
    line.getCommandSpec().exitCodeOnInvalidInput(ExitStatus.USAGE);
    return line.execute(args);
  }

  /** One clear line, not all that {@code --help} says. */
  private static int wrong(ParameterException e) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println("javisor: " + e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("javisor run --help tells all options.");
    return ExitStatus.USAGE;
  }

  @Override
  public Integer call() {
    VirtualMachine.Builder builder;
    EventMonitor events;
    try {
      // Before anything makes a logger.
      log.apply();
      builder = builder();
      events = events();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(commandLine(), String.valueOf(e.getMessage()), e);
    }
    if (events == null) {
      return ended(session(() -> {}).run(builder.build()));
    }
    try (events) {
      VirtualMachine vm = builder.listener(events).build();
      events.count(vm::counters);
      return ended(session(events::booting).run(vm));
    }
  }

  /** An end that nobody asked for is explained: its status alone says too little. */
  private int ended(VmExit exit) {
    String why = null;
    if (exit instanceof VmExit.Failed failed) {
      why = "the host could not run the guest on: " + failed.cause().getMessage();
    } else if (exit instanceof VmExit.TripleFault fault) {
      why = "the guest ended by a triple fault: " + fault.detail();
    } else if (exit instanceof VmExit.Panic panic) {
      why = "the guest's kernel panicked: " + panic.message();
    }
    if (why != null) {
      commandLine().getErr().println("javisor: " + why);
    }
    return ExitStatus.of(exit);
  }

  private Session session(Runnable beforeBoot) {
    return new Session(consoles.takesTerminal(), beforeBoot, this::tellPaths);
  }

  /** Whoever wants to reach a pseudoterminal or a network must learn its name. */
  private void tellPaths(VirtualMachine vm) {
    PrintWriter err = commandLine().getErr();
    vm.serialPath().ifPresent(path -> err.println("javisor: serial port: " + path));
    vm.virtioConsolePath().ifPresent(path -> err.println("javisor: console: " + path));
    vm.nets().forEach(net -> err.println("javisor: " + description(net)));
  }

  private static String description(NetDevice net) {
    String other = net.hostAddress().isPresent() ? "user-mode network" : "no TAP";
    return "%s: %s%s, guest %s"
        .formatted(
            net.id(),
            net.tap().map(name -> "TAP " + name).orElse(other),
            net.hostAddress().map(address -> ", host " + address).orElse(""),
            net.mac());
  }

  private VirtualMachine.Builder builder() {
    VirtualMachine.Builder builder =
        VirtualMachine.builder().name("vm").onReset(noReboot ? OnReset.EXIT : OnReset.REBOOT);
    machine.apply(builder);
    devices.apply(builder);
    platform.apply(builder);
    consoles.apply(builder, out);
    return builder;
  }

  private @Nullable EventMonitor events() {
    if (eventMonitor == null) {
      return null;
    }
    String path = KeyValues.parse("--event-monitor", eventMonitor, List.of("path")).get("path");
    if (path == null || path.isEmpty()) {
      throw new IllegalArgumentException("--event-monitor: path=FILE is missing");
    }
    return EventMonitor.open(Path.of(path));
  }

  private CommandLine commandLine() {
    if (spec == null) {
      throw new IllegalStateException("not called by picocli");
    }
    return spec.commandLine();
  }
}
