package dev.javisor.internal.cli;

import dev.javisor.event.VmEvent;
import dev.javisor.event.VmExit;
import dev.javisor.event.VmListener;
import dev.javisor.event.VmState;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what happens to a machine as lines of JSON, with Cloud Hypervisor's names: an object with
 * {@code timestamp} (seconds and nanoseconds since the program's start), {@code source}, {@code
 * event} and {@code properties}. Event {@code counters}, when the machine is paused and right
 * before its end, has what the devices counted; Cloud Hypervisor tells that by its API only.
 *
 * <p>When it cannot be written any more, to a disk that is full or a pipe that nobody reads, the
 * log says so, once; the machine goes on.
 *
 * <p>Threading: any thread.
 */
final class EventMonitor implements VmListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventMonitor.class);
  private static final long NANOS = 1_000_000_000L;

  private final String name;
  private final Writer out;
  private final LongSupplier nanoTime;
  private final long start;
  private volatile Supplier<Map<String, Map<String, Long>>> counted = Map::of;
  private boolean failed;

  /**
   * @param name of the file, for messages
   * @param nanoTime the clock
   */
  EventMonitor(String name, Writer out, LongSupplier nanoTime) {
    this.name = name;
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
          file.toString(), Files.newBufferedWriter(file, StandardCharsets.UTF_8), System::nanoTime);
    } catch (IOException e) {
      throw Unwritable.of("--event-monitor", file, e);
    }
  }

  /** Sets what is asked for the devices' counters, by the devices' names. */
  void count(Supplier<Map<String, Map<String, Long>>> counters) {
    counted = counters;
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
      tellCounters();
      tell("vm", "shutdown", Map.of("exit", name(exited.exit())));
    }
  }

  private void stateChanged(VmEvent.StateChanged change) {
    if (change.to() == VmState.RUNNING) {
      tell("vm", change.from() == VmState.PAUSED ? "resumed" : "booted");
    } else if (change.to() == VmState.PAUSED) {
      tell("vm", "paused");
      tellCounters();
    } else if (change.to() == VmState.CLOSED) {
      tell("vm", "deleted");
    }
  }

  private static String name(VmExit exit) {
    return exit.getClass().getSimpleName();
  }

  private void tellCounters() {
    Map<String, Map<String, Long>> counters = counted.get();
    if (!counters.isEmpty()) {
      tell("vm", "counters", counters);
    }
  }

  private void tell(String source, String event) {
    tell(source, event, Map.of());
  }

  private synchronized void tell(String source, String event, Map<String, ?> properties) {
    long elapsed = nanoTime.getAsLong() - start;
    write(
        "{\"timestamp\":{\"secs\":%d,\"nanos\":%d},\"source\":%s,\"event\":%s,\"properties\":%s}\n"
            .formatted(
                elapsed / NANOS,
                elapsed % NANOS,
                text(source),
                text(event),
                properties(properties)));
  }

  private void write(String line) {
    if (!failed) {
      try {
        out.write(line);
        out.flush();
      } catch (IOException e) {
        failed(e);
      }
    }
  }

  private void failed(IOException e) {
    failed = true;
    log.warn("--event-monitor: cannot write {} any more: {}", name, e.getMessage());
  }

  private static String properties(Map<String, ?> properties) {
    return properties.isEmpty() ? "null" : object(properties);
  }

  private static String value(Object value) {
    if (value instanceof Map<?, ?> map) {
      return object(map);
    }
    return value instanceof Long number ? number.toString() : text(value.toString());
  }

  private static String object(Map<?, ?> properties) {
    StringBuilder json = new StringBuilder("{");
    new TreeMap<>(properties)
        .forEach(
            (key, value) ->
                json.append(json.length() > 1 ? "," : "")
                    .append(text(key.toString()))
                    .append(':')
                    .append(value(value)));
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
    try {
      out.close();
    } catch (IOException e) {
      // What is still to be written then was told of before.
      if (!failed) {
        failed(e);
      }
    }
  }
}
