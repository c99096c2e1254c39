package dev.javisor.internal.console;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes output to a file. Takes no input. */
final class FileBackend extends BackendThread {
  private static final Logger LOG = LoggerFactory.getLogger(ConsoleBackend.class);

  private final Path path;
  private final FileOutputStream file;
  private volatile @Nullable Thread current;

  /** Creates or empties the file. */
  FileBackend(String name, Threads threads, Path path) throws IOException {
    super(name, threads);
    this.path = path;
    // Not a channel: an interrupt would close that.
    file = new FileOutputStream(path.toFile());
  }

  @Override
  public Optional<Path> path() {
    return Optional.of(path);
  }

  @Override
  void run(ConsoleInput.Port guest) {
    current = Thread.currentThread();
    ConsumerPump pump = new ConsumerPump(log, ConsoleConsumer.stream(file));
    while (!isClosing()) {
      boolean any = false;
      while (pump.pump() && !isClosing()) {
        any = true;
      }
      if (any) {
        LockSupport.parkNanos(this, NAP_NANOS);
        continue;
      }
      log.arm();
      if (!pump.isBehind() && !isClosing()) {
        LockSupport.park(this);
      }
    }
    pump.finish();
  }

  @Override
  void wake() {
    LockSupport.unpark(current);
  }

  @Override
  void release() {
    try {
      file.close();
    } catch (IOException e) {
      LOG.warn("{}: cannot close {}", name, path, e);
    }
  }

  @Override
  public String toString() {
    return "file " + path;
  }
}
