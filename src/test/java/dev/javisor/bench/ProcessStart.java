package dev.javisor.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From the start of a process to the guest's first byte on its standard output. */
final class ProcessStart implements Measurement {
  private static final double MILLIS = 250;

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String description() {
    return "process start to the guest's first byte on stdout, kernel of 1 MiB";
  }

  @Override
  public Result run(Workbench bench) throws IOException, InterruptedException {
    Path payload = bench.folder().resolve(name());
    Payload.boot(payload, 1);
    Map<String, List<String>> commands = new LinkedHashMap<>();
    bench.c().ifPresent(c -> commands.put("C program", c.bootOnce(payload)));
    String memory = "size=%dM".formatted(Workbench.RAM >> 20);
    String script = bench.root().resolve("javisor").toString();
    String kernel = payload.toString();
    commands.put(
        "./javisor run",
        List.of(script, "run", "--serial", "tty", "--memory", memory, "--kernel", kernel));
    for (Peer peer : bench.peers()) {
      commands.put(peer.title(), peer.boot(payload, bench.folder()));
    }
    Map<String, Figure> figures = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> command : commands.entrySet()) {
      figures.put(command.getKey(), Figure.of(command.getKey()));
      // The first start builds what is missing, and fills caches.
      Spawned.times(command.getValue(), Payload.FIRST);
    }
    for (int round = 0; round < bench.rounds(); round++) {
      for (Map.Entry<String, List<String>> command : commands.entrySet()) {
        long[] times = Spawned.times(command.getValue(), Payload.FIRST);
        figures.get(command.getKey()).samples().add((times[1] - times[0]) / 1e6);
      }
    }
    Samples javisor = figures.get("./javisor run").samples();
    return new Result(
        description(),
        "ms",
        new ArrayList<>(figures.values()),
        List.of(new Goal("%.0f ms or less".formatted(MILLIS), javisor.median() <= MILLIS)));
  }
}
