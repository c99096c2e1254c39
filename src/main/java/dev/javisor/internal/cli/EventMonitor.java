package dev.javisor.internal.cli;

import dev.javisor.event.VmEvent;
import dev.javisor.event.VmExit;
import dev.javisor.event.VmListener;
import dev.javisor.event.VmState;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Writes what happens to a machine as lines of JSON, with Cloud Hypervisor's names: an object with
 * {@code timestamp} (seconds and nanoseconds since the program's start), {@code source}, {@code
 * event} and {@code properties}.
 *
 * <p>Threading: any thread.
 */
final class EventMonitor implements VmListener, AutoCloseable {
  private static final long NANOS = 1_000_000_000L;

  private final PrintWriter out;
  private final LongSupplier nanoTime;
  private final long start;

  EventMonitor(PrintWriter out, LongSupplier nanoTime) {
    this.out = out;
    this.nanoTime = nanoTime;
    start = nanoTime.getAsLong();
    tell("vmm", "starting");
  }

  /**
   * Opens a file for events, which may be a pipe.
   *
   * @throws IllegalArgumentException if it cannot be written
   */
  static EventMonitor open(Path file) {
    try {
      return new EventMonitor(
          new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8)), System::nanoTime);
    } catch (IOException e) {
      throw new IllegalArgumentException("--event-monitor: cannot write " + e.getMessage(), e);
    }
  }

  void booting() {
    tell("vm", "booting");
  }

  @Override
  public void onEvent(VmEvent event) {
    if (event instanceof VmEvent.StateChanged change) {
      stateChanged(change);
    } else if (event instanceof VmEvent.Rebooted) {
      tell("vm", "rebooted");
    } else if (event instanceof VmEvent.DeviceActivated device) {
      tell("virtio-device", "activated", Map.of("id", device.device()));
    } else if (event instanceof VmEvent.DeviceReset device) {
      tell("virtio-device", "reset", Map.of("id", device.device()));
    } else if (event instanceof VmEvent.PanicText panic) {
      tell("guest", "panic", Map.of("message", panic.message()));
    } else if (event instanceof VmEvent.Exited exited) {
      tell("vm", "shutdown", Map.of("exit", name(exited.exit())));
    }
  }

  private void stateChanged(VmEvent.StateChanged change) {
    if (change.to() == VmState.RUNNING) {
      tell("vm", change.from() == VmState.PAUSED ? "resumed" : "booted");
    } else if (change.to() == VmState.PAUSED) {
      tell("vm", "paused");
    } else if (change.to() == VmState.CLOSED) {
      tell("vm", "deleted");
    }
  }

  private static String name(VmExit exit) {
    return exit.getClass().getSimpleName();
  }

  private void tell(String source, String event) {
    tell(source, event, Map.of());
  }

  private synchronized void tell(String source, String event, Map<String, String> properties) {
    long elapsed = nanoTime.getAsLong() - start;
    out.print(
        "{\"timestamp\":{\"secs\":%d,\"nanos\":%d},\"source\":%s,\"event\":%s,\"properties\":%s}\n"
            .formatted(
                elapsed / NANOS, elapsed % NANOS, text(source), text(event), object(properties)));
    out.flush();
  }

  private static String object(Map<String, String> properties) {
    if (properties.isEmpty()) {
      return "null";
    }
    StringBuilder json = new StringBuilder("{");
    new TreeMap<>(properties)
        .forEach(
            (key, value) ->
                json.append(json.length() > 1 ? "," : "")
                    .append(text(key))
                    .append(':')
                    .append(text(value)));
    return json.append('}').toString();
  }

  /** A JSON string: RFC 8259 §7. */
  private static String text(String value) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        json.append("\\u%04x".formatted((int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }

  @Override
  public synchronized void close() {
    tell("vmm", "shutdown");
    out.close();
  }
}
