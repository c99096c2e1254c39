package dev.javisor.bench.guest;

import dev.javisor.VirtualMachine;
import dev.javisor.bench.Figure;
import dev.javisor.bench.Measurement;
import dev.javisor.bench.Result;
import dev.javisor.bench.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Machines booted side by side in one JVM, beside one alone. */
public final class GuestParallel implements Measurement {
  private static final int MACHINES = 8;
  private static final String MEMORY = "128M";
  private static final double MIB = 1 << 20;

  private final boolean memory;

  /**
   * @param memory whether it is about memory, rather than time
   */
  public GuestParallel(boolean memory) {
    this.memory = memory;
  }

  @Override
  public String name() {
    return memory ? "guest-memory" : "guest-parallel";
  }

  @Override
  public String description() {
    return memory
        ? "Linux guest of 128 MiB: resident memory of one, of %d in one JVM".formatted(MACHINES)
        : "Linux guest: boot() to the agent's hello, a machine, of %d at once in one JVM"
            .formatted(MACHINES);
  }

  @Override
  public Result run(Workbench bench) throws IOException, InterruptedException {
    String unit = memory ? "MiB" : "s";
    Optional<Result> unavailable = LinuxGuest.unavailable(name(), description(), unit);
    if (unavailable.isPresent()) {
      return unavailable.get();
    }
    LinuxGuest guest = new LinuxGuest();
    Figure alone = Figure.of("one machine alone");
    Figure each = Figure.of("Javisor, each of " + MACHINES);
    Figure used = Figure.of("the guest's own use, as its kernel tells");
    // The first machine loads classes, too.
    measure(guest, 1, Figure.of("warm-up"), Figure.of("warm-up"));
    for (int round = 0; round < Math.max(1, bench.rounds() / 9); round++) {
      measure(guest, 1, alone, used);
      measure(guest, MACHINES, each, used);
    }
    List<Figure> figures = memory ? List.of(used, alone, each) : List.of(alone, each);
    return new Result(description(), unit, figures, List.of());
  }

  private void measure(LinuxGuest guest, int count, Figure figure, Figure used)
      throws IOException, InterruptedException {
    long before = resident();
    List<VirtualMachine> machines = new ArrayList<>();
    try {
      long start = System.nanoTime();
      for (int i = 0; i < count; i++) {
        VirtualMachine vm = guest.builder(MEMORY).build();
        machines.add(vm);
        vm.boot();
      }
      for (VirtualMachine vm : machines) {
        vm.agent().awaitReady(LinuxGuest.PATIENCE);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      figure.samples().add(memory ? (resident() - before) / MIB / count : seconds / count);
      if (memory) {
        var facts = machines.get(0).agent().facts();
        used.samples().add((facts.memoryTotal() - facts.memoryAvailable()) / MIB);
      }
    } finally {
      machines.forEach(VirtualMachine::close);
    }
  }

  /** Of this process, in bytes. */
  private static long resident() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      String line = lines.filter(l -> l.startsWith("VmRSS:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }
  }
}
