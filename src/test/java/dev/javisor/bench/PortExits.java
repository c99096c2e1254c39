package dev.javisor.bench;

import dev.javisor.TappedMachines;
import dev.javisor.VirtualMachine;
import dev.javisor.event.VmExit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The round trip of a port write: from the guest to a device in Java, and back. */
final class PortExits implements Measurement {
  private static final int COUNT = 10_000;
  private static final int WARM_UPS = 10;

  private final boolean user;

  /**
   * @param user whether from CPL 3, instead of CPL 0
   */
  PortExits(boolean user) {
    this.user = user;
  }

  @Override
  public String name() {
    return user ? "exit-cpl3" : "exit-cpl0";
  }

  @Override
  public String description() {
    return "round trip of a port write from " + (user ? "CPL 3" : "CPL 0");
  }

  @Override
  public Result run(Workbench bench) throws IOException, InterruptedException {
    Path payload = bench.folder().resolve(name());
    Payload.portLoop(payload, user, COUNT);
    Figure c = Figure.of("C program");
    Figure javisor = Figure.of("Javisor");
    Map<Peer, Figure> peers = new LinkedHashMap<>();
    bench.peers().forEach(peer -> peers.put(peer, Figure.of(peer.title())));
    for (int i = 0; i < WARM_UPS; i++) {
      loop(payload);
    }
    for (int round = 0; round < bench.rounds(); round++) {
      if (bench.c().isPresent()) {
        c.samples().add(perExit(bench.c().get().portLoop(payload)));
      }
      javisor.samples().add(perExit(loop(payload)));
      for (Map.Entry<Peer, Figure> peer : peers.entrySet()) {
        List<String> command = peer.getKey().boot(payload, bench.folder());
        long[] times = Spawned.times(command, Payload.START, Payload.END);
        peer.getValue().samples().add(perExit(times[2] - times[1]));
      }
    }
    List<Figure> figures = new ArrayList<>(List.of(c, javisor));
    figures.addAll(peers.values());
    String title = "%s, %d a round".formatted(description(), COUNT);
    return new Result(title, "us", figures, goals(c.samples(), javisor.samples()));
  }

  private static List<Goal> goals(Samples c, Samples javisor) {
    return c.isEmpty()
        ? List.of()
        : List.of(
            new Goal("median within the C program's own spread", javisor.median() <= c.most()));
  }

  private static double perExit(long nanos) {
    return nanos / 1e3 / COUNT;
  }

  private static long loop(Path payload) throws InterruptedException {
    long[] times = new long[2];
    try (VirtualMachine vm =
        TappedMachines.builder(b -> times[b == Payload.START ? 0 : 1] = System.nanoTime())
            .kernel(payload)
            .memory(Workbench.RAM)
            .build()
            .boot()) {
      VmExit exit = vm.awaitExit(Duration.ofSeconds(60));
      if (!(exit instanceof VmExit.PowerOff)) {
        throw new IllegalStateException("the payload ended with " + exit);
      }
    }
    return times[1] - times[0];
  }
}
