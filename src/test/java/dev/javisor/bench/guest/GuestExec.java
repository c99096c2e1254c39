package dev.javisor.bench.guest;

import dev.javisor.VirtualMachine;
import dev.javisor.bench.Figure;
import dev.javisor.bench.Measurement;
import dev.javisor.bench.Result;
import dev.javisor.bench.Workbench;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A command's round trip by the agent, beside one typed into a shell on the serial port. */
public final class GuestExec implements Measurement {
  private static final int WARM_UPS = 3;
  private static final int COMMANDS = 10;
  private static final String SHELL = "stty -echo <&0; PS1= exec sh";

  @Override
  public String name() {
    return "guest-exec";
  }

  @Override
  public String description() {
    return "Linux guest: one run of /bin/true";
  }

  @Override
  public Result run(Workbench bench) throws InterruptedException {
    Optional<Result> unavailable = LinuxGuest.unavailable(name(), description(), "ms");
    if (unavailable.isPresent()) {
      return unavailable.get();
    }
    LinuxGuest guest = new LinuxGuest();
    LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    Figure serial = Figure.of("a shell on the serial port");
    Figure agent = Figure.of("Javisor's agent");
    try (VirtualMachine vm = guest.boot(guest.builder("256M").console(lines::add))) {
      vm.exec("sh", "-c", "setsid sh -c '%s' </dev/ttyS0 >/dev/ttyS0 2>&1 &".formatted(SHELL))
          .requireSuccess();
      for (int round = -WARM_UPS; round < bench.rounds(); round++) {
        double typed = perCommand(i -> type(vm, lines, "done-" + i));
        double ran = perCommand(i -> vm.exec("/bin/true").requireSuccess());
        if (round >= 0) {
          serial.samples().add(typed);
          agent.samples().add(ran);
        }
      }
    }
    return new Result(description(), "ms", List.of(serial, agent), List.of());
  }

  /** One command. */
  private interface Trip {
    void run(int number) throws InterruptedException;
  }

  private static double perCommand(Trip trip) throws InterruptedException {
    long start = System.nanoTime();
    for (int i = 0; i < COMMANDS; i++) {
      trip.run(i);
    }
    return (System.nanoTime() - start) / 1e6 / COMMANDS;
  }

  private static void type(VirtualMachine vm, LinkedBlockingQueue<String> lines, String mark)
      throws InterruptedException {
    vm.console().write("/bin/true; echo " + mark + "\n");
    String line;
    do {
      line = lines.poll(LinuxGuest.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (line == null) {
        throw new IllegalStateException("the shell is silent: " + vm.console().tail(20));
      }
      // A terminal that still echoes shows the command, too.
    } while (!line.strip().equals(mark));
  }
}
