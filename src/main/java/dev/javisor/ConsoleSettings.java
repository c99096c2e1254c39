package dev.javisor;

import dev.javisor.config.ConsoleMode;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.console.ConsoleBackends;
import dev.javisor.internal.console.ConsolePorts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the user said of the console ports. */
final class ConsoleSettings {
  private @Nullable ConsoleMode serial;
  private ConsoleMode virtio = ConsoleMode.off();

  void serial(ConsoleMode mode) {
    serial = mode;
  }

  void virtio(ConsoleMode mode) {
    virtio = mode;
  }

  /** The command line that makes Linux print to the machine's console. */
  String defaultCmdline() {
    return ports().showsVirtio() ? "console=hvc0" : "console=ttyS0";
  }

  /** Makes the modes out, and adds what is wrong with them. */
  ConsolePorts resolve(List<Problem> problems) {
    ConsolePorts ports = ports();
    check("serial", ports.serial(), problems);
    check("virtioConsole", ports.virtio(), problems);
    if (ports.virtio().equals(ports.serial())) {
      if (ports.virtio().kind() == ConsoleMode.Kind.API) {
        problems.add(
            new Problem("virtioConsole", "api", "one port can be the API's; serial is already"));
      } else if (ports.virtio().path().isPresent()) {
        problems.add(
            new Problem("virtioConsole", ports.virtio().toString(), "serial is there already"));
      }
    }
    return ports;
  }

  private ConsolePorts ports() {
    ConsoleMode other =
        virtio.kind() == ConsoleMode.Kind.OFF ? ConsoleMode.api() : ConsoleMode.none();
    return new ConsolePorts(serial == null ? other : serial, virtio);
  }

  private static void check(String field, ConsoleMode mode, List<Problem> problems) {
    String hint = ConsoleBackends.problem(mode);
    if (hint != null) {
      problems.add(new Problem(field, mode.toString(), hint));
    }
  }
}
