package dev.javisor.bench;

import dev.javisor.TappedMachines;
import dev.javisor.VirtualMachine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** From {@code boot()} to the guest's first instruction, in a JVM that has booted machines. */
final class WarmBoot implements Measurement {
  private static final int WARM_UPS = 100;
  private static final double MOST_TIMES_C = 1.2;
  private static final int BIG = 44;
  private static final double BIG_MILLIS = 10;
  private static final double SMALL_MILLIS = 5;
  private static final int ROUNDS_FACTOR = 3;

  private final int mib;

  /**
   * @param mib the kernel's size: 44 as Debian's, or 1
   */
  WarmBoot(int mib) {
    this.mib = mib;
  }

  @Override
  public String name() {
    return "boot-%dm".formatted(mib);
  }

  @Override
  public String description() {
    return "boot() to the guest's first instruction, kernel of %d MiB, in a warm JVM"
        .formatted(mib);
  }

  @Override
  public Result run(Workbench bench) throws IOException, InterruptedException {
    Path payload = bench.folder().resolve(name());
    Payload.boot(payload, mib);
    Figure read = Figure.of("C program, reading alone");
    Figure readHuge = Figure.of("C program, reading alone into huge pages");
    Figure boot = Figure.of("C program, booting");
    Figure javisor = Figure.of("Javisor");
    Path small = bench.folder().resolve("warm-up");
    Payload.boot(small, 1);
    for (int i = 0; i < WARM_UPS; i++) {
      boot(i % 10 == 0 ? payload : small);
    }
    for (int round = 0; round < ROUNDS_FACTOR * bench.rounds(); round++) {
      if (bench.c().isPresent()) {
        CProgram c = bench.c().get();
        read.samples().add(c.read(payload, false) / 1e6);
        readHuge.samples().add(c.read(payload, true) / 1e6);
        boot.samples().add(c.boot(payload) / 1e6);
      }
      javisor.samples().add(boot(payload) / 1e6);
    }
    return new Result(
        description(),
        "ms",
        List.of(readHuge, read, boot, javisor),
        mib == BIG
            ? bigGoals(read.samples(), readHuge.samples(), javisor.samples())
            : List.of(limit(SMALL_MILLIS, javisor.samples())));
  }

  private static List<Goal> bigGoals(Samples read, Samples readHuge, Samples javisor) {
    Goal limit = limit(BIG_MILLIS, javisor);
    if (read.isEmpty()) {
      return List.of(limit);
    }
    return List.of(
        timesC("C's reading", read, javisor),
        timesC("C's reading into huge pages", readHuge, javisor),
        limit);
  }

  private static Goal timesC(String what, Samples c, Samples javisor) {
    return new Goal(
        "%.1f times %s or less".formatted(MOST_TIMES_C, what),
        javisor.median() <= MOST_TIMES_C * c.median());
  }

  private static Goal limit(double millis, Samples javisor) {
    return new Goal("%.0f ms or less".formatted(millis), javisor.median() <= millis);
  }

  private static long boot(Path payload) throws InterruptedException {
    long[] first = new long[1];
    try (VirtualMachine vm =
        TappedMachines.builder(b -> first[0] = System.nanoTime())
            .kernel(payload)
            .memory(Workbench.RAM)
            .build()) {
      long start = System.nanoTime();
      vm.boot().awaitExit(Duration.ofSeconds(60));
      return first[0] - start;
    }
  }
}
