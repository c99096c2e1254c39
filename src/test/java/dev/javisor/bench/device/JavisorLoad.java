package dev.javisor.bench.device;

import dev.javisor.TappedMachines;
import dev.javisor.VirtualMachine;
import dev.javisor.bench.Workbench;
import dev.javisor.config.ConsoleMode;
import dev.javisor.config.DiskConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/** Javisor in this JVM, which is warm. */
final class JavisorLoad implements Subject {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final String title;
  private final Workload load;
  private final Path kernel;
  private final Path disk;
  private final double tickRate;
  private final Consumer<DiskConfig> options;

  /**
   * @param kernel the guest that puts the load on a device of PCI
   * @param disk the file of the disk, where the load is on one
   * @param options of the disk
   */
  JavisorLoad(
      String title,
      Workload load,
      Path kernel,
      Path disk,
      double tickRate,
      Consumer<DiskConfig> options) {
    this.title = title;
    this.load = load;
    this.kernel = kernel;
    this.disk = disk;
    this.tickRate = tickRate;
    this.options = options;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public boolean ours() {
    return true;
  }

  @Override
  public double bytesPerSecond() throws IOException, InterruptedException {
    LoadResult result = run(Thread::new, line -> {});
    return result.bytes() * tickRate / result.ticks();
  }

  /**
   * Bears the load once.
   *
   * @param threads makes the machine's threads
   * @param onLine hears the guest's lines on the vCPU's thread as they end
   */
  LoadResult run(ThreadFactory threads, Consumer<String> onLine)
      throws IOException, InterruptedException {
    LineTap tap = new LineTap(onLine);
    try (VirtualMachine vm = builder(tap).threadFactory(threads).build().boot()) {
      vm.awaitExit(LIMIT);
    }
    return LoadResult.parse(tap.last);
  }

  private VirtualMachine.Builder builder(LineTap tap) {
    VirtualMachine.Builder builder =
        TappedMachines.builder(tap).kernel(kernel).memory(Workbench.RAM);
    return switch (load.device()) {
      case RNG -> builder.rng();
      case CONSOLE -> builder.serial(ConsoleMode.api()).virtioConsole(ConsoleMode.none());
      case DISK ->
          builder.disk(
              config -> {
                config.path(disk).direct(load.direct());
                options.accept(config);
              });
    };
  }

  private static final class LineTap implements TappedMachines.Tap {
    private final Consumer<String> onLine;
    private final StringBuilder line = new StringBuilder();
    private volatile String last = "";

    LineTap(Consumer<String> onLine) {
      this.onLine = onLine;
    }

    @Override
    public void onByte(byte b) {
      if (b != '\n') {
        line.append((char) b);
        return;
      }
      String text = line.toString();
      line.setLength(0);
      onLine.accept(text);
      if (LoadResult.isLast(text)) {
        last = text;
      }
    }
  }
}
