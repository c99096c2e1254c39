package dev.javisor.image;

import static java.util.Objects.requireNonNull;

import dev.javisor.VirtualMachine;
import dev.javisor.agent.Command;
import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import dev.javisor.guest.GuestKernel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What was said about a run, and what its image says. One thread at a time. */
final class RunSettings implements RunConfig {
  private final String source;
  private final Map<String, String> environment;
  private List<String> entrypoint;
  private List<String> command;
  private String user;
  private String directory;
  private @Nullable GuestKernel kernel;
  private Consumer<? super VirtualMachine.Builder> machine = builder -> {};
  private Duration timeout = Duration.ofMinutes(1);

  RunSettings(ImageConfig image, String source) {
    this.source = source;
    environment = new LinkedHashMap<>(image.environment());
    entrypoint = image.entrypoint();
    command = image.command();
    user = image.user();
    directory = image.workingFolder();
  }

  @Override
  public RunConfig arguments(String... arguments) {
    command = List.of(arguments);
    return this;
  }

  @Override
  public RunConfig entrypoint(String... program) {
    entrypoint = List.of(program);
    command = List.of();
    return this;
  }

  @Override
  public RunConfig env(String name, String value) {
    environment.put(name, value);
    return this;
  }

  @Override
  public RunConfig user(String newUser) {
    user = requireNonNull(newUser, "newUser");
    return this;
  }

  @Override
  public RunConfig directory(String path) {
    directory = requireNonNull(path, "path");
    return this;
  }

  @Override
  public RunConfig kernel(GuestKernel newKernel) {
    kernel = requireNonNull(newKernel, "newKernel");
    return this;
  }

  @Override
  public RunConfig machine(Consumer<? super VirtualMachine.Builder> newMachine) {
    machine = requireNonNull(newMachine, "newMachine");
    return this;
  }

  @Override
  public RunConfig timeout(Duration newTimeout) {
    timeout = requireNonNull(newTimeout, "newTimeout");
    return this;
  }

  Duration timeout() {
    return timeout;
  }

  GuestKernel kernel() {
    return kernel != null ? kernel : GuestKernel.debian();
  }

  void configure(VirtualMachine.Builder builder) {
    machine.accept(builder);
  }

  /**
   * The program and its arguments.
   *
   * @throws ImageException if there is none
   */
  String[] argv() {
    List<String> argv = new ArrayList<>(entrypoint);
    argv.addAll(command);
    if (argv.isEmpty()) {
      throw new ImageException(
          Reason.UNSUPPORTED,
          source,
          "it names no program: it has neither entry point nor command",
          "name one by run(c -> c.entrypoint(...))",
          null);
    }
    return argv.toArray(new String[0]);
  }

  Command applyTo(Command program) {
    environment.forEach(program::env);
    // A container's program starts in its root unless its image says otherwise.
    program.directory(directory.isEmpty() ? "/" : directory);
    if (!user.isEmpty()) {
      program.user(user);
    }
    return program.timeout(timeout);
  }
}
