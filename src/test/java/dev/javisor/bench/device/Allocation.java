package dev.javisor.bench.device;

import com.sun.management.ThreadMXBean;
import dev.javisor.VirtualMachine;
import dev.javisor.bench.Figure;
import dev.javisor.bench.Goal;
import dev.javisor.bench.Measurement;
import dev.javisor.bench.Result;
import dev.javisor.bench.Workbench;
import dev.javisor.config.DiskConfig;
import dev.javisor.config.DiskEngine;
import dev.javisor.testing.microguest.BlkDriver;
import dev.javisor.testing.microguest.MicroGuest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** How much of the Java heap a request takes: what all threads of a machine allocate meanwhile. */
public final class Allocation implements Measurement {
  private static final int COUNT = 50_000;
  private static final int BYTES = 4096;
  private static final int CONSOLE_BYTES = 64;
  private static final int FRAME = 1514;
  private static final int DEPTH = 32;
  private static final int WARM_UPS = 3;

  /** A line in the beginning and at the end is in the count, and so is a stray deoptimization. */
  private static final double NOTHING = 1;

  private record Kind(
      String subject,
      Workload load,
      MicroGuest guest,
      UnaryOperator<VirtualMachine.Builder> device) {}

  private final ThreadMXBean beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Override
  public String name() {
    return "allocation";
  }

  @Override
  public String description() {
    return "Java heap allocated a request, by all threads of the machine";
  }

  @Override
  public Result run(Workbench bench) throws IOException, InterruptedException {
    List<Figure> figures = new ArrayList<>();
    try (DiskImage disk = DiskImage.inMemory()) {
      for (Kind kind : kinds(disk.file())) {
        figures.add(figure(bench, kind, line -> {}));
      }
    }
    figures.addAll(networks(bench));
    boolean none =
        figures.stream().allMatch(f -> f.samples().isEmpty() || f.samples().median() < NOTHING);
    return new Result(
        description(), "bytes", figures, List.of(new Goal("nothing on any of them", none)));
  }

  private List<Figure> networks(Workbench bench) throws IOException, InterruptedException {
    String both = "Javisor, network";
    if (bench.c().isEmpty()) {
      return List.of(Figure.of(both).withRemark("needs the C program"));
    }
    BenchTap tap;
    try {
      tap = BenchTap.open(bench.c().get());
    } catch (IOException e) {
      return List.of(Figure.of(both).withRemark("no TAP: " + e.getMessage()));
    }
    try (tap) {
      List<Figure> figures = new ArrayList<>();
      for (Workload.Device device :
          List.of(Workload.Device.SENDER, Workload.Device.RECEIVER, Workload.Device.PING)) {
        Workload load = Workload.net(device, FRAME, COUNT);
        String subject = "network, " + device.name().toLowerCase(Locale.ROOT);
        Kind kind =
            new Kind(
                subject,
                load,
                NetGuest.of(load, false, 0),
                vm -> vm.net(config -> config.tap(tap.name())));
        tap.echo(true);
        figures.add(figure(bench, kind, line -> tap.hear(load, line)));
        tap.echo(false);
      }
      return figures;
    }
  }

  private Figure figure(Workbench bench, Kind kind, Consumer<String> onLine)
      throws IOException, InterruptedException {
    Figure figure = Figure.of("Javisor, " + kind.subject());
    Path kernel = kind.guest().write(bench.folder().resolve(name()));
    JavisorLoad javisor = new JavisorLoad(kind.subject(), kernel, 1, kind.device());
    for (int round = -WARM_UPS; round < Math.max(3, bench.rounds() / 3); round++) {
      double bytes = bytesEach(javisor, kind.load().count(), onLine);
      if (round >= 0) {
        figure.samples().add(bytes);
      }
    }
    return figure;
  }

  private double bytesEach(JavisorLoad javisor, int count, Consumer<String> onLine)
      throws IOException, InterruptedException {
    Map<Thread, Long> threads = new ConcurrentHashMap<>();
    long[] bytes = new long[1];
    javisor.run(
        task -> {
          Thread thread = new Thread(task);
          threads.put(thread, 0L);
          return thread;
        },
        line -> {
          onLine.accept(line);
          if (line.equals(LoadGuest.BEGIN)) {
            threads.replaceAll((thread, before) -> allocated(thread));
          } else if (LoadResult.isLast(line)) {
            threads.forEach((thread, before) -> bytes[0] += allocated(thread) - before);
          }
        });
    return (double) bytes[0] / count;
  }

  private long allocated(Thread thread) {
    // Of a thread that has ended there is no count any more.
    return Math.max(0, beans.getThreadAllocatedBytes(thread.getId()));
  }

  private static List<Kind> kinds(Path file) {
    return List.of(
        disk("disk, read by preadv", BlkDriver.READ, DiskEngine.SYNC, file),
        disk("disk, read by io_uring", BlkDriver.READ, DiskEngine.IO_URING, file),
        disk("disk, write by pwritev", BlkDriver.WRITE, DiskEngine.SYNC, file),
        disk("disk, write by io_uring", BlkDriver.WRITE, DiskEngine.IO_URING, file),
        kind("random number generator", Workload.rng(BYTES, COUNT / 5), file, config -> {}),
        kind("console, output", Workload.console(CONSOLE_BYTES, COUNT / 5), file, config -> {}));
  }

  private static Kind disk(String subject, int type, DiskEngine engine, Path file) {
    Workload load = Workload.disk(type, BYTES, DEPTH, false, COUNT);
    return kind(subject, load, file, config -> config.engine(engine));
  }

  private static Kind kind(String subject, Workload load, Path file, Consumer<DiskConfig> options) {
    return new Kind(subject, load, LoadGuest.of(load, false), load.on(file, options));
  }
}
