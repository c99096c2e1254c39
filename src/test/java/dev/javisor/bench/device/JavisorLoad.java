package dev.javisor.bench.device;

import dev.javisor.TappedMachines;
import dev.javisor.VirtualMachine;
import dev.javisor.bench.Workbench;
import dev.javisor.config.DiskConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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
    StringBuffer output = new StringBuffer();
    try (VirtualMachine vm = withDevice(output).build().boot()) {
      vm.awaitExit(LIMIT);
    }
    String last = output.toString().lines().filter(LoadResult::isLast).findFirst().orElse("");
    LoadResult result = LoadResult.parse(last);
    return result.bytes() * tickRate / result.ticks();
  }

  private VirtualMachine.Builder withDevice(StringBuffer output) {
    VirtualMachine.Builder builder =
        TappedMachines.builder(b -> output.append((char) b)).kernel(kernel).memory(Workbench.RAM);
    return load.device() == Workload.Device.RNG
        ? builder.rng()
        : builder.disk(
            config -> {
              config.path(disk).direct(load.direct());
              options.accept(config);
            });
  }
}
