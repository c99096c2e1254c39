package dev.javisor.bench.device;

import dev.javisor.bench.CProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A TAP interface that all subjects take by turns, and its host's end, which is the C program. */
final class BenchTap implements AutoCloseable {
  private final CProgram c;
  private final String name;

  private BenchTap(CProgram c, String name) {
    this.c = c;
    this.name = name;
  }

  /**
   * Makes one.
   *
   * @throws IOException if that is not allowed here
   */
  static BenchTap open(CProgram c) throws IOException {
    BenchTap tap = new BenchTap(c, "jb%d".formatted(ProcessHandle.current().pid()));
    c.net("tap " + tap.name);
    return tap;
  }

  String name() {
    return name;
  }

  /** Frames that have come from the machine's side since the interface is there. */
  long sent() throws IOException {
    Path file = Path.of("/sys/class/net", name, "statistics", "rx_packets");
    return Long.parseLong(Files.readString(file).strip());
  }

  /** Does for a guest what a line of its says. */
  void hear(Workload load, String line) {
    if (line.strip().equals(NetGuest.FILL)) {
      try {
        c.net("fill %s %d %d".formatted(name, load.bytes(), load.count() + load.count() / 4));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Begins or ends to answer frames. */
  void echo(boolean on) throws IOException {
    c.net(on ? "echo " + name : "silence");
  }

  /** Bears a load without any machine, and returns the nanoseconds that takes. */
  long time(Workload load, boolean uring) throws IOException {
    String what =
        switch (load.device()) {
          case SENDER -> "send";
          case RECEIVER -> "receive";
          default -> "ping";
        };
    return c.net("%s %s %d %d %d".formatted(what, name, load.bytes(), load.count(), uring ? 1 : 0));
  }

  @Override
  public void close() throws IOException {
    c.net("untap " + name);
  }
}
