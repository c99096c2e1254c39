package dev.javisor.bench.device;

import com.sun.management.ThreadMXBean;
import dev.javisor.bench.Figure;
import dev.javisor.bench.Goal;
import dev.javisor.bench.Measurement;
import dev.javisor.bench.Result;
import dev.javisor.bench.Workbench;
import dev.javisor.config.DiskConfig;
import dev.javisor.config.DiskEngine;
import dev.javisor.testing.microguest.BlkDriver;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** How much of the Java heap a request takes: what all threads of a machine allocate meanwhile. */
public final class Allocation implements Measurement {
  private static final int COUNT = 50_000;
  private static final int BYTES = 4096;
  private static final int CONSOLE_BYTES = 64;
  private static final int DEPTH = 32;
  private static final int WARM_UPS = 3;

  /** A line in the beginning and at the end is in the count, and so is a stray deoptimization. */
  private static final double NOTHING = 1;

  private record Kind(String subject, Workload load, Consumer<DiskConfig> options) {}

  private static final List<Kind> KINDS =
      List.of(
          disk("disk, read by preadv", BlkDriver.READ, DiskEngine.SYNC),
          disk("disk, read by io_uring", BlkDriver.READ, DiskEngine.IO_URING),
          disk("disk, write by pwritev", BlkDriver.WRITE, DiskEngine.SYNC),
          disk("disk, write by io_uring", BlkDriver.WRITE, DiskEngine.IO_URING),
          new Kind("random number generator", Workload.rng(BYTES, COUNT / 5), config -> {}),
          new Kind("console, output", Workload.console(CONSOLE_BYTES, COUNT / 5), config -> {}));

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
    boolean none = true;
    try (DiskImage disk = DiskImage.inMemory()) {
      for (Kind kind : KINDS) {
        Figure figure = Figure.of("Javisor, " + kind.subject());
        Path kernel = LoadGuest.of(kind.load(), false).write(bench.folder().resolve(name()));
        JavisorLoad javisor =
            new JavisorLoad(kind.subject(), kind.load(), kernel, disk.file(), 1, kind.options());
        for (int round = -WARM_UPS; round < Math.max(3, bench.rounds() / 3); round++) {
          double bytes = bytesEach(javisor, kind.load().count());
          if (round >= 0) {
            figure.samples().add(bytes);
          }
        }
        figures.add(figure);
        none &= figure.samples().median() < NOTHING;
      }
    }
    return new Result(
        description(), "bytes", figures, List.of(new Goal("nothing on any of them", none)));
  }

  private double bytesEach(JavisorLoad javisor, int count)
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

  private static Kind disk(String subject, int type, DiskEngine engine) {
    return new Kind(
        subject, Workload.disk(type, BYTES, DEPTH, false, COUNT), config -> config.engine(engine));
  }
}
