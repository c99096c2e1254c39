package dev.javisor.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The C program that does the same as Javisor: built anew, started once, and told what to do. */
public final class CProgram implements AutoCloseable {
  private static final String SOURCES = "src/test/c";
  private static final List<String> FILES = List.of("bench_vmm.c", "bench_net.c");

  private final Path binary;
  private final Process server;
  private final Writer commands;
  private final BufferedReader answers;

  private CProgram(Path binary) throws IOException {
    this.binary = binary;
    server =
        new ProcessBuilder(binary.toString(), "serve")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    commands = server.outputWriter(StandardCharsets.UTF_8);
    answers = server.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * Compiles and starts it.
   *
   * @throws IOException if there is no compiler, saying which package has one, or if it fails
   */
  static CProgram build(Path root, Path folder) throws IOException, InterruptedException {
    Path binary = folder.resolve("bench_vmm");
    List<String> gcc = new ArrayList<>(List.of("gcc", "-O2", "-o", binary.toString()));
    FILES.forEach(file -> gcc.add(root.resolve(SOURCES).resolve(file).toString()));
    Process compiler;
    try {
      compiler = new ProcessBuilder(gcc).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new IOException("no gcc here; on Debian: apt-get install gcc libc6-dev", e);
    }
    String output;
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(compiler.getInputStream(), StandardCharsets.UTF_8))) {
      output = String.join("\n", reader.lines().toList());
    }
    if (compiler.waitFor() != 0 || !Files.isExecutable(binary)) {
      throw new IOException("gcc cannot compile " + SOURCES + ":\n" + output);
    }
    return new CProgram(binary);
  }

  /** The command that boots a kernel once in a process of its own. */
  List<String> bootOnce(Path kernel) {
    return List.of(binary.toString(), "first", kernel.toString(), Long.toString(Workbench.RAM));
  }

  /** The time from a payload's first mark to its second, in nanoseconds. */
  long portLoop(Path kernel) throws IOException {
    return ask("pio " + kernel);
  }

  /** The time to read a kernel's segments into a new mapping, in nanoseconds. */
  long read(Path kernel, boolean hugePages) throws IOException {
    return ask("read %s %d %d".formatted(kernel, Workbench.RAM, hugePages ? 1 : 0));
  }

  /** The time from opening KVM to the guest's first byte, in nanoseconds. */
  long boot(Path kernel) throws IOException {
    return ask("boot %s %d 1".formatted(kernel, Workbench.RAM));
  }

  /**
   * Does what a command of bench_net.c says.
   *
   * @return the time that it tells, in nanoseconds
   * @throws IOException with its words if it cannot
   */
  public long net(String command) throws IOException {
    return ask(command);
  }

  private long ask(String command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
    String answer = answers.readLine();
    if (answer == null || !answer.startsWith("ns ")) {
      throw new IOException("the C program could not: %s: %s".formatted(command, answer));
    }
    return Long.parseLong(answer.substring(3));
  }

  @Override
  public void close() throws IOException {
    commands.close();
    server.destroy();
  }
}
