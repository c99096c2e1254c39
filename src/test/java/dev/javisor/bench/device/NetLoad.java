package dev.javisor.bench.device;

import dev.javisor.bench.Figure;
import dev.javisor.bench.Measurement;
import dev.javisor.bench.Peer;
import dev.javisor.bench.Result;
import dev.javisor.bench.Workbench;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A load on a network that ends at a TAP, borne by Javisor, its peers, and C loops by turns. Frames
 * to receive are in the TAP's queue before the first one is taken, so that nobody waits for the
 * host that sends them, and nobody shares a CPU with it.
 *
 * @param name the measurement's
 * @param description the measurement's
 * @param scale what the speed is told in
 * @param load what is borne
 */
public record NetLoad(String name, String description, Scale scale, Workload load) implements Load {
  private static final int SMALL = 64;
  private static final int FULL = 1514;

  /** As Linux sends them: 45 segments and one header. */
  private static final int SEGMENTED = 45 * 1448 + 54;

  private static final int PINGS = 10_000;
  private static final double WAIT_SECONDS = 0.7;

  /** All that there are. */
  public static List<Measurement> all() {
    return List.of(
        send("64", "64 bytes", Scale.THOUSANDS, SMALL, 200_000),
        send("1500", "1500 bytes", Scale.THOUSANDS, FULL, 200_000),
        send("64k", "64 KiB, yet to be cut", Scale.MEGABYTES, SEGMENTED, 20_000),
        receive("64", "64 bytes", Scale.THOUSANDS, SMALL, 70_000),
        receive("1500", "1500 bytes", Scale.THOUSANDS, FULL, 70_000),
        receive("64k", "64 KiB, yet to be cut", Scale.MEGABYTES, SEGMENTED, 4_000),
        new NetLoad(
            "net-latency",
            "network: a frame to the host and its answer, one at a time",
            Scale.MICROS,
            Workload.net(Workload.Device.PING, SMALL, PINGS)));
  }

  private static NetLoad send(String name, String size, Scale scale, int bytes, int count) {
    return new NetLoad(
        "net-send-" + name,
        "network: frames sent of " + size,
        scale,
        Workload.net(Workload.Device.SENDER, bytes, count));
  }

  private static NetLoad receive(String name, String size, Scale scale, int bytes, int count) {
    return new NetLoad(
        "net-receive-" + name,
        "network: frames received of " + size,
        scale,
        Workload.net(Workload.Device.RECEIVER, bytes, count));
  }

  @Override
  public double goal() {
    return 1;
  }

  @Override
  public String rival() {
    return "the best peer's";
  }

  @Override
  public Result run(Workbench bench) throws IOException, InterruptedException {
    if (bench.c().isEmpty()) {
      return nothing("needs the C program, which is the host's end");
    }
    BenchTap tap;
    try {
      tap = BenchTap.open(bench.c().get());
    } catch (IOException e) {
      return nothing("no TAP: " + e.getMessage());
    }
    try (tap) {
      Contest contest = new Contest(this, subjects(bench, tap));
      contest.run(Math.max(3, bench.rounds() / 3));
      return contest.result();
    }
  }

  private Result nothing(String why) {
    Figure none = Figure.of("Javisor").withRemark(why);
    return new Result(description, scale.unit, List.of(none), List.of());
  }

  private List<Subject> subjects(Workbench bench, BenchTap tap)
      throws IOException, InterruptedException {
    double ticks = TickRate.measure(bench.folder());
    long wait = (long) (WAIT_SECONDS * ticks);
    Path pci = NetGuest.of(load, false, wait).write(bench.folder().resolve(name + "-pci"));
    Path mmio = NetGuest.of(load, true, wait).write(bench.folder().resolve(name + "-mmio"));
    Consumer<String> onLine = line -> tap.hear(load, line);
    List<Subject> subjects = new ArrayList<>();
    boolean ping = load.device() == Workload.Device.PING;
    subjects.add(new Loop(ping ? "C, poll" : sender() ? "C, writev" : "C, readv", false, tap));
    if (!ping) {
      subjects.add(new Loop("C, io_uring", true, tap));
    }
    PeerMachines machines = new PeerMachines(load, bench.folder(), pci, mmio, tap.name());
    for (Peer peer : bench.peers()) {
      machines
          .commands(peer)
          .forEach((title, line) -> subjects.add(new PeerLoad(title, line, ticks, onLine)));
    }
    subjects.add(
        new JavisorLoad(
            "Javisor", pci, ticks, vm -> vm.net(config -> config.tap(tap.name())), onLine));
    return subjects.stream().<Subject>map(subject -> new Witnessed(subject, tap)).toList();
  }

  private boolean sender() {
    return load.device() == Workload.Device.SENDER;
  }

  /** The C program, without any machine. */
  private final class Loop implements Subject {
    private final String title;
    private final boolean uring;
    private final BenchTap tap;

    Loop(String title, boolean uring, BenchTap tap) {
      this.title = title;
      this.uring = uring;
      this.tap = tap;
    }

    @Override
    public String title() {
      return title;
    }

    @Override
    public boolean ours() {
      return false;
    }

    @Override
    public boolean ceiling() {
      return true;
    }

    @Override
    public double bytesPerSecond() throws IOException {
      return load.allBytes() * 1e9 / tap.time(load, uring);
    }
  }

  /** Somebody whose frames are counted by the host, so that it is no gain to lose them. */
  private final class Witnessed implements Subject {
    private final Subject subject;
    private final BenchTap tap;

    Witnessed(Subject subject, BenchTap tap) {
      this.subject = subject;
      this.tap = tap;
    }

    @Override
    public String title() {
      return subject.title();
    }

    @Override
    public boolean ours() {
      return subject.ours();
    }

    @Override
    public boolean ceiling() {
      return subject.ceiling();
    }

    @Override
    public double bytesPerSecond() throws IOException, InterruptedException {
      boolean answered = load.device() == Workload.Device.PING && !subject.ceiling();
      long before = tap.sent();
      if (answered) {
        tap.echo(true);
      }
      try {
        double rate = subject.bytesPerSecond();
        long sent = tap.sent() - before;
        if (sender() && sent < load.count()) {
          throw new IOException("%d of %d frames got to the host".formatted(sent, load.count()));
        }
        return rate;
      } finally {
        if (answered) {
          tap.echo(false);
        }
      }
    }
  }
}
