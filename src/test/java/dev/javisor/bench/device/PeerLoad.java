package dev.javisor.bench.device;

import dev.javisor.bench.Spawned;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** Another machine monitor, started anew for each load. */
final class PeerLoad implements Subject {
  private final String title;
  private final List<String> command;
  private final double tickRate;

  private final Consumer<String> onLine;

  /**
   * @param onLine hears the lines of its output
   */
  PeerLoad(String title, List<String> command, double tickRate, Consumer<String> onLine) {
    this.onLine = onLine;
    this.title = title;
    this.command = command;
    this.tickRate = tickRate;
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
  public double bytesPerSecond() throws IOException, InterruptedException {
    LoadResult result = LoadResult.parse(Spawned.line(command, this::isLast));
    return result.bytes() * tickRate / result.ticks();
  }

  private boolean isLast(String line) {
    onLine.accept(line);
    return LoadResult.isLast(line);
  }
}
