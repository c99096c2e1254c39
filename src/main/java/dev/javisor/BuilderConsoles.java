package dev.javisor;

import static java.util.Objects.requireNonNull;

import dev.javisor.config.ConsoleMode;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.console.ConsoleConsumer;
import dev.javisor.internal.console.ConsolePorts;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;

/** The part of the builder that is about consoles. */
abstract class BuilderConsoles implements VirtualMachine.Builder {
  private final ConsoleSettings consoles = new ConsoleSettings();
  private final List<Supplier<ConsoleConsumer>> consumers = new ArrayList<>();
  private String consoleBuffer = "1M";

  @Override
  public VirtualMachine.Builder serial(ConsoleMode mode) {
    consoles.serial(requireNonNull(mode, "mode"));
    return this;
  }

  @Override
  public VirtualMachine.Builder virtioConsole(ConsoleMode mode) {
    consoles.virtio(requireNonNull(mode, "mode"));
    return this;
  }

  @Override
  public VirtualMachine.Builder console(Consumer<? super String> lines) {
    requireNonNull(lines, "lines");
    consumers.add(() -> ConsoleConsumer.lines(lines));
    return this;
  }

  @Override
  public VirtualMachine.Builder consoleLog(Logger logger) {
    requireNonNull(logger, "logger");
    consumers.add(() -> ConsoleConsumer.logger(logger));
    return this;
  }

  @Override
  public VirtualMachine.Builder consoleOutput(OutputStream stream) {
    requireNonNull(stream, "stream");
    consumers.add(() -> ConsoleConsumer.stream(stream));
    return this;
  }

  @Override
  public VirtualMachine.Builder consoleBuffer(String size) {
    consoleBuffer = requireNonNull(size, "size");
    return this;
  }

  /** The command line for a kernel, where the user sets none. */
  final String defaultCmdline() {
    return consoles.defaultCmdline();
  }

  final ConsolePorts consolePorts(List<Problem> problems) {
    return consoles.resolve(problems);
  }

  /** Bytes of console output to keep. */
  final int consoleBytes(List<Problem> problems) {
    return Checks.consoleBuffer(consoleBuffer, problems);
  }

  final List<Supplier<ConsoleConsumer>> consumers() {
    return List.copyOf(consumers);
  }
}
