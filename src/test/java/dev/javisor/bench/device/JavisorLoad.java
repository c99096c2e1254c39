package dev.javisor.bench.device;

import dev.javisor.TappedMachines;
import dev.javisor.VirtualMachine;
import dev.javisor.bench.Workbench;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Javisor in this JVM, which is warm. */
final class JavisorLoad implements Subject {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final String title;
  private final Path kernel;
  private final double tickRate;
  private final UnaryOperator<VirtualMachine.Builder> device;
  private final Consumer<String> onLine;

  /**
   * @param kernel the guest that puts the load on a device of PCI
   * @param device adds it to a machine
   */
  JavisorLoad(
      String title, Path kernel, double tickRate, UnaryOperator<VirtualMachine.Builder> device) {
    this(title, kernel, tickRate, device, line -> {});
  }

  /**
   * @param onLine hears the guest's lines on the vCPU's thread as they end
   */
  JavisorLoad(
      String title,
      Path kernel,
      double tickRate,
      UnaryOperator<VirtualMachine.Builder> device,
      Consumer<String> onLine) {
    this.title = title;
    this.kernel = kernel;
    this.tickRate = tickRate;
    this.device = device;
    this.onLine = onLine;
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
    LoadResult result = run(Thread::new, onLine);
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
    return device.apply(TappedMachines.builder(tap).kernel(kernel).memory(Workbench.RAM));
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
