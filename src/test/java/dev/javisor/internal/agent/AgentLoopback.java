package dev.javisor.internal.agent;

import dev.javisor.bench.Figure;
import dev.javisor.bench.Measurement;
import dev.javisor.bench.Result;
import dev.javisor.bench.Workbench;
import dev.javisor.internal.agent.program.AgentProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The host's share of the agent's calls: the agent is a process of this machine, reached by a Unix
 * socket.
 */
public final class AgentLoopback implements Measurement {
  private static final int COMMANDS = 100;
  private static final int BYTES = 256 << 20;
  private static final int WARM_UPS = 2;

  private final boolean copy;

  /**
   * @param copy whether copies are measured, rather than commands
   */
  public AgentLoopback(boolean copy) {
    this.copy = copy;
  }

  @Override
  public String name() {
    return copy ? "agent-copy" : "agent-exec";
  }

  @Override
  public String description() {
    return copy
        ? "agent on this machine, the guest left out: a file of 256 MiB in the page cache"
        : "agent on this machine, the guest left out: one run of /bin/true";
  }

  @Override
  public Result run(Workbench bench) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(bench.folder().resolve(name()));
    try (AgentProgram program = AgentProgram.start(folder);
        ClientFixture fixture =
            new ClientFixture(timeout -> SocketAgentChannel.connect(program.socket()))) {
      return copy ? copies(bench, folder, fixture.client()) : commands(bench, fixture.client());
    } catch (IOException | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("the agent cannot be measured", e);
    }
  }

  private Result commands(Workbench bench, AgentClient agent)
      throws IOException, InterruptedException {
    Figure process = Figure.of("ProcessBuilder of the JDK");
    Figure exec = Figure.of("Javisor's exec");
    for (int round = -WARM_UPS; round < bench.rounds(); round++) {
      double plain = perCommand(() -> new ProcessBuilder("/bin/true").start().waitFor());
      double ours = perCommand(() -> agent.exec("/bin/true").requireSuccess());
      if (round >= 0) {
        process.samples().add(plain);
        exec.samples().add(ours);
      }
    }
    return new Result(description(), "ms", List.of(process, exec), List.of());
  }

  private Result copies(Workbench bench, Path folder, AgentClient agent)
      throws IOException, InterruptedException {
    Path source = folder.resolve("source");
    Path target = folder.resolve("target");
    Files.write(source, new byte[BYTES]);
    Figure plain = Figure.of("Files.copy of the JDK");
    Figure in = Figure.of("Javisor's copyIn");
    Figure out = Figure.of("Javisor's copyOut");
    for (int round = -1; round < Math.max(3, bench.rounds() / 3); round++) {
      double[] speeds = {
        speed(() -> Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING)),
        speed(() -> agent.copyIn(source, target.toString())),
        speed(() -> agent.copyOut(source.toString(), target))
      };
      if (round >= 0) {
        plain.samples().add(speeds[0]);
        in.samples().add(speeds[1]);
        out.samples().add(speeds[2]);
      }
    }
    return new Result(description(), "MB/s", List.of(plain, in, out), List.of());
  }

  /** Something to be timed. */
  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private static double perCommand(Step step) throws IOException, InterruptedException {
    long start = System.nanoTime();
    for (int i = 0; i < COMMANDS; i++) {
      step.run();
    }
    return (System.nanoTime() - start) / 1e6 / COMMANDS;
  }

  private static double speed(Step step) throws IOException, InterruptedException {
    long start = System.nanoTime();
    step.run();
    return BYTES / 1e6 / ((System.nanoTime() - start) / 1e9);
  }
}
