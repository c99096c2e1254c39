package dev.javisor.bench;

import dev.javisor.bench.device.Allocation;
import dev.javisor.bench.device.DeviceLoad;
import dev.javisor.bench.device.NetLoad;
import dev.javisor.bench.guest.GuestCopy;
import dev.javisor.bench.guest.GuestExec;
import dev.javisor.bench.guest.GuestNetBytes;
import dev.javisor.bench.guest.GuestNetConnections;
import dev.javisor.bench.guest.GuestParallel;
import dev.javisor.bench.guest.GuestReady;
import dev.javisor.bench.image.ImageImport;
import dev.javisor.bench.image.SharedBase;
import dev.javisor.bench.image.SharedPages;
import dev.javisor.bench.network.UserNetBytes;
import dev.javisor.bench.network.UserNetConnections;
import dev.javisor.internal.agent.AgentLoopback;
import dev.javisor.internal.net.tcp.TcpThroughput;
import dev.javisor.internal.virtio.vsock.VsockThroughput;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./javisor bench}: measures Javisor beside programs that do the same without Java. */
@Command(
    name = "javisor bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Measures Javisor on this machine, beside a C program (compiled by gcc, where there is one) and other"
            + " machine monitors (where they are) that do the same.",
    footer = {"", "Exit status: 0 measured, goals met or not; 1 failed; 64 wrong command line."})
final class Bench implements Callable<Integer> {
  private static final List<Measurement> ALL =
      Stream.of(
              Stream.of(
                  new PortExits(false),
                  new PortExits(true),
                  new WarmBoot(44),
                  new WarmBoot(1),
                  new ProcessStart(),
                  new Footprint(),
                  new Allocation(),
                  new VsockThroughput(),
                  new TcpThroughput(),
                  new UserNetBytes(true),
                  new UserNetBytes(false),
                  new UserNetConnections(),
                  new AgentLoopback(false),
                  new AgentLoopback(true),
                  new ImageImport(),
                  new SharedBase(),
                  new SharedPages()),
              Stream.concat(DeviceLoad.all().stream(), NetLoad.all().stream()),
              Stream.of(
                  new GuestReady(),
                  new GuestExec(),
                  new GuestCopy(),
                  new GuestNetBytes(true),
                  new GuestNetBytes(false),
                  new GuestNetConnections(true),
                  new GuestNetConnections(false),
                  new GuestParallel(false),
                  new GuestParallel(true)))
          .<Measurement>flatMap(rows -> rows)
          .toList();

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description = "what to measure; all without a name: --list shows them")
  private List<String> names = new ArrayList<>();

  @Option(names = "--list", description = "list the measurements, and measure nothing")
  private boolean list;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "9",
      description = "how often each subject has its turn; default: ${DEFAULT-VALUE}")
  private int rounds;

  @Option(names = "--qemu", paramLabel = "FILE", description = "QEMU, if not on the PATH")
  private Path qemu;

  @Option(
      names = "--cloud-hypervisor",
      paramLabel = "FILE",
      description = "Cloud Hypervisor, if not on the PATH")
  private Path cloudHypervisor;

  @Option(
      names = "--firecracker",
      paramLabel = "FILE",
      description = "Firecracker, if not on the PATH")
  private Path firecracker;

  @Option(names = "--no-peers", description = "leave other machine monitors out")
  private boolean noPeers;

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description = "write the figures into a file too, as a Markdown table")
  private Path markdown;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "write the run into a folder: report.json, report.md, and charts (SVG)")
  private Path report;

  private final PrintStream out = System.out;

  private Bench() {}

  public static void main(String[] args) {
    // Spares each measured process the detour over a helper program.
    System.setProperty("jdk.lang.Process.launchMechanism", "VFORK");
    System.setProperty("java.awt.headless", "true");
    CommandLine line = new CommandLine(new Bench());
    line.getCommandSpec().exitCodeOnInvalidInput(64);
    System.exit(line.execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (list) {
      ALL.forEach(m -> out.printf("%-16s %s%n", m.name(), m.description()));
      return 0;
    }
    List<Measurement> chosen = chosen();
    Path folder = Files.createTempDirectory("javisor-bench-");
    try {
      measure(chosen, folder);
      return 0;
    } finally {
      delete(folder);
    }
  }

  private void measure(List<Measurement> chosen, Path folder)
      throws IOException, InterruptedException {
    Path root = root();
    Optional<CProgram> c = cProgram(root, folder);
    try {
      Run run = new Run(BenchMachine.line());
      TextReport text = new TextReport(out);
      text.machine(run.machine());
      Workbench bench = new Workbench(folder, root, c, peers(), rounds);
      for (Measurement measurement : chosen) {
        Result result = measurement.run(bench);
        text.add(result);
        run.add(measurement.name(), result);
        // Each time anew: what was measured is there even if the next one fails.
        write(run);
      }
    } finally {
      if (c.isPresent()) {
        c.get().close();
      }
    }
  }

  private void write(Run run) throws IOException {
    if (markdown != null) {
      Files.writeString(markdown, MarkdownReport.of(run));
    }
    if (report != null) {
      ReportFolder.write(run, report).ifPresent(out::println);
    }
  }

  private List<Measurement> chosen() {
    for (String name : names) {
      if (ALL.stream().noneMatch(m -> m.name().equals(name))) {
        throw new CommandLine.ParameterException(
            new CommandLine(this),
            "no measurement is called %s; there are %s"
                .formatted(name, String.join(", ", ALL.stream().map(Measurement::name).toList())));
      }
    }
    return ALL.stream().filter(m -> names.isEmpty() || names.contains(m.name())).toList();
  }

  private Optional<CProgram> cProgram(Path root, Path folder) throws InterruptedException {
    try {
      return Optional.of(CProgram.build(root, folder));
    } catch (IOException e) {
      out.println("without the C program: " + e.getMessage());
      return Optional.empty();
    }
  }

  private List<Peer> peers() {
    if (noPeers) {
      return List.of();
    }
    List<Peer> found = new ArrayList<>();
    for (Map.Entry<Peer.Kind, Optional<Path>> entry :
        List.of(
            Map.entry(Peer.Kind.QEMU, Optional.ofNullable(qemu)),
            Map.entry(Peer.Kind.CLOUD_HYPERVISOR, Optional.ofNullable(cloudHypervisor)),
            Map.entry(Peer.Kind.FIRECRACKER, Optional.ofNullable(firecracker)))) {
      Optional<Peer> peer = Peer.find(entry.getKey(), entry.getValue().orElse(null));
      peer.ifPresent(found::add);
      if (peer.isEmpty() && entry.getValue().isPresent()) {
        throw new CommandLine.ParameterException(
            new CommandLine(this), "cannot run " + entry.getValue().get());
      }
    }
    return found;
  }

  /** The top of the tree, from where this class lies: target/test-classes. */
  private static Path root() {
    try {
      Path classes =
          Path.of(Bench.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return classes.getParent().getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
