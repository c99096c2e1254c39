package dev.javisor.examples.pool;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.javisor.VirtualMachine;
import dev.javisor.agent.ExecResult;
import dev.javisor.config.MemoryFit;
import dev.javisor.config.OnReset;
import dev.javisor.error.GuestTimeoutException;
import dev.javisor.error.JavisorException;
import dev.javisor.error.OutputLimitException;
import dev.javisor.guest.GuestPackages;
import java.time.Duration;

/** Workers that are machines with Debian's kernel, a busybox and nothing else: no disk, no network. */
public final class GuestWorkers implements WorkerFactory {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final GuestPackages debian = GuestPackages.debian();

  @Override
  public Worker make() throws InterruptedException {
    VirtualMachine vm =
        VirtualMachine.builder()
            .kernel(debian.kernel())
            .cmdline("console=ttyS0 quiet panic=-1")
            .agent(agent -> agent.busybox(debian.busybox()))
            .cpus(1)
            .memory("192M")
            .memoryFit(MemoryFit.REFUSE)
            .onReset(OnReset.EXIT)
            .build();
    try {
      vm.boot().agent().awaitReady(PATIENCE);
      return new GuestWorker(vm);
    } catch (InterruptedException | RuntimeException e) {
      vm.close();
      throw e;
    }
  }

  private record GuestWorker(VirtualMachine vm) implements Worker {
    @Override
    public Outcome run(String command, Duration limit, long mostOutput)
        throws InterruptedException {
      try {
        ExecResult result =
            vm.agent()
                .command("/bin/sh", "-c", command)
                .user("65534:65534")
                .directory("/tmp")
                .mergeErrors()
                .timeout(limit)
                .outputLimit(mostOutput)
                .run();
        return new Outcome(End.EXITED, result.exitCode(), result.stdoutBytes());
      } catch (GuestTimeoutException e) {
        return new Outcome(End.OUT_OF_TIME, 0, e.partialStdoutBytes());
      } catch (OutputLimitException e) {
        return new Outcome(End.TOO_MUCH_OUTPUT, 0, e.partialStdout().getBytes(UTF_8));
      } catch (JavisorException e) {
        return new Outcome(End.FAILED, 0, String.valueOf(e.getMessage()).getBytes(UTF_8));
      }
    }

    @Override
    public void close() {
      vm.close();
    }
  }
}
