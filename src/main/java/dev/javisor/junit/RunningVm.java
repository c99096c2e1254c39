package dev.javisor.junit;

import dev.javisor.VirtualMachine;
import dev.javisor.internal.config.MachineSize;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A machine that tests use, with what belongs to it. Closing it twice does nothing. */
@SuppressWarnings("deprecation") // Before 5.13, stores close nothing else.
final class RunningVm implements AutoCloseable, ExtensionContext.Store.CloseableResource {
  private static final Logger LOG = LoggerFactory.getLogger(RunningVm.class);
  private static final int LINES = 40;

  private final VmSpec spec;
  private final VirtualMachine vm;
  private final ExecLog commands = new ExecLog();
  private final @Nullable ImageRoot root;
  private final Path console;
  private final OutputStream output;
  private final Need need;
  private volatile Budget.@Nullable Grant more;

  /**
   * @param spec as it was declared
   * @param vm the machine
   * @param root the image that it boots from, or null; closed with it
   * @param console the file with what the guest wrote
   * @param output writes that file
   */
  RunningVm(
      VmSpec spec, VirtualMachine vm, @Nullable ImageRoot root, Path console, OutputStream output) {
    this.spec = spec;
    this.root = root;
    this.vm = Watched.vm(vm, commands);
    need =
        vm instanceof MachineSize size ? new Need(size.vcpuCount(), size.ramBytes()) : spec.need();
    this.console = console;
    this.output = output;
  }

  /** As it was declared. */
  VmSpec spec() {
    return spec;
  }

  /** What it takes, which may be more than was declared: its setup class has the whole builder. */
  Need need() {
    return need;
  }

  /** Keeps what it takes more, for as long as it is open. */
  void keep(Budget.Grant grant) {
    more = grant;
  }

  /** Starts the program of the image that it has booted from, if there is one. */
  void startProgram() throws InterruptedException {
    if (root != null) {
      root.start(vm);
    }
  }

  /** What tests get. */
  VirtualMachine vm() {
    return vm;
  }

  /** The file with what the guest wrote. */
  Path console() {
    return console;
  }

  /** The last of what the guest wrote. */
  String consoleTail() {
    return vm.console().tail(LINES);
  }

  /** The last commands, or empty. */
  String commands() {
    return commands.text();
  }

  /** All of that, for a failure's report. */
  String log() {
    String text =
        "VM %s (%s), console in %s, its end:\n%s"
            .formatted(vm.name(), vm.state(), console, consoleTail());
    String program = root == null ? "" : root.log();
    if (!program.isEmpty()) {
      text += "\n" + program;
    }
    return commands().isEmpty() ? text : text + "\nlast commands in the guest:\n" + commands();
  }

  @Override
  public void close() {
    vm.close();
    if (root != null) {
      root.close();
    }
    try {
      output.close();
    } catch (IOException e) {
      LOG.warn("{}: {}", console, e.toString());
    }
    Budget.Grant kept = more;
    if (kept != null) {
      kept.close();
    }
  }
}
