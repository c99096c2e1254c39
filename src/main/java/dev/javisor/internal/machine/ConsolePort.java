package dev.javisor.internal.machine;

import dev.javisor.config.ConsoleMode;
import dev.javisor.internal.console.ConsoleBackend;
import dev.javisor.internal.console.ConsoleBackends;
import dev.javisor.internal.console.ConsoleInput;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A console port between its device and those on the host who watch it: the listener, if the
 * machine's console is this one, and the back end of its mode.
 *
 * <p>Threading: {@link #print} and {@link #inputReady} as the device calls them, the others any.
 */
final class ConsolePort implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ConsolePort.class);

  private final @Nullable MachineListener listener;
  private final @Nullable ConsoleBackend backend;
  private volatile ConsoleInput.@Nullable Port guest;

  /**
   * Takes what the mode needs from the host.
   *
   * @param name such as {@code serial}
   * @param listener hears it, or null
   * @throws IllegalStateException if the host does not give it
   */
  ConsolePort(
      ConsoleMode mode,
      String name,
      String machine,
      @Nullable MachineListener listener,
      MachineThreads threads) {
    this.listener = listener;
    backend = ConsoleBackends.open(mode, name, threads::newThread);
    path().ifPresent(path -> log.info("{}: {} is at {}", machine, name, path));
  }

  /** Lets input through to the device. */
  void connect(ConsoleInput.Port device) {
    guest = device;
    if (backend != null) {
      backend.start(device);
    }
  }

  /** The guest printed a byte. */
  void print(byte value) {
    if (listener != null) {
      listener.onConsoleOutput(value);
    }
    if (backend != null) {
      backend.write(value);
    }
  }

  /** The guest printed bytes. */
  void print(byte[] bytes, int offset, int length) {
    for (int i = 0; i < length; i++) {
      print(bytes[offset + i]);
    }
  }

  /** The device, which was full, has room for input again. */
  void inputReady() {
    if (listener != null) {
      listener.onConsoleInputReady();
    }
    if (backend != null) {
      backend.inputReady();
    }
  }

  /** Offers input; returns how much of it the device took. */
  int offer(byte[] bytes, int offset, int length) {
    ConsoleInput.Port device = guest;
    return device == null ? 0 : device.offer(bytes, offset, length);
  }

  /** Where clients find it. */
  Optional<Path> path() {
    return backend == null ? Optional.empty() : backend.path();
  }

  @Override
  public void close() {
    if (backend != null) {
      backend.close();
    }
  }
}
