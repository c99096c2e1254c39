package dev.javisor.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** What one more machine costs a JVM, beyond the guest RAM that the guest touches. */
final class Footprint implements Measurement {
  private static final double MIB = 1 << 20;
  private static final double MOST_MIB = 3;

  @Override
  public String name() {
    return "footprint";
  }

  @Override
  public String description() {
    return "memory of one more machine beyond the guest RAM it touches, one vCPU";
  }

  @Override
  public Result run(Workbench bench) throws IOException, InterruptedException {
    Path payload = bench.folder().resolve(name());
    Payload.idle(payload);
    Figure heap = Figure.of("Javisor, Java heap");
    Figure rest = Figure.of("Javisor, resident outside the heap");
    Figure both = Figure.of("Javisor, both");
    for (int round = 0; round < Math.max(3, bench.rounds() / 3); round++) {
      String[] bytes = probe(payload).split(" ");
      double heapMib = Double.parseDouble(bytes[0]) / MIB;
      double restMib = Double.parseDouble(bytes[1]) / MIB;
      heap.samples().add(heapMib);
      rest.samples().add(restMib);
      both.samples().add(heapMib + restMib);
    }
    return new Result(
        "%s, mean of %d".formatted(description(), FootprintProbe.MACHINES),
        "MiB",
        List.of(heap, rest, both),
        List.of(
            new Goal("%.0f MiB or less".formatted(MOST_MIB), both.samples().median() <= MOST_MIB)));
  }

  /** A JVM of its own, whose heap is there in full from the start: only what is beside it grows. */
  private static String probe(Path payload) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xms64m",
                "-Xmx64m",
                "-XX:+AlwaysPreTouch",
                "-cp",
                System.getProperty("java.class.path"),
                FootprintProbe.class.getName(),
                payload.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      String line = reader.readLine();
      if (process.waitFor() != 0 || line == null) {
        throw new IOException("the JVM that holds machines has failed");
      }
      return line;
    }
  }
}
