package dev.javisor;

import dev.javisor.event.VmState;
import dev.javisor.internal.console.ConsoleInput;
import dev.javisor.internal.machine.Machine;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What users do at a machine's console: type, and change its size.
 *
 * <p>Threading: any thread.
 */
final class ConsoleTyping {
  private final Supplier<@Nullable Machine> machine;
  private final ConsoleInput input = new ConsoleInput(this::offer);

  /**
   * @param machine tells the machine, or null before its boot
   */
  ConsoleTyping(Supplier<@Nullable Machine> machine) {
    this.machine = machine;
  }

  /** The guest has room again. */
  void ready() {
    input.ready();
  }

  /** Waits until the guest has taken all of it. */
  void write(byte[] bytes, VmMonitor monitor, CallLegality legality) throws InterruptedException {
    if (monitor.state() == VmState.CREATED) {
      throw legality.illegal("console().write()", "it was not booted");
    }
    int typed = input.write(bytes, () -> monitor.exit() == null);
    if (typed < bytes.length) {
      throw legality.illegal(
          "console().write()", "the guest took %d of %d bytes".formatted(typed, bytes.length));
    }
  }

  void resize(int columns, int rows, VmMonitor monitor, CallLegality legality) {
    if (columns >>> 16 != 0 || rows >>> 16 != 0) {
      throw new IllegalArgumentException(
          "console size of %d columns and %d rows: expected 0 to 65535".formatted(columns, rows));
    }
    if (monitor.state() == VmState.CREATED) {
      throw legality.illegal("console().resize()", "it was not booted");
    }
    Machine known = machine.get();
    if (known != null) {
      known.resizeConsole(columns, rows);
    }
  }

  private int offer(byte[] bytes, int offset, int length) {
    Machine known = machine.get();
    return known == null ? 0 : known.consoleInput(bytes, offset, length);
  }
}
