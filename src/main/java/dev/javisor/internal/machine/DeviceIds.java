package dev.javisor.internal.machine;

import dev.javisor.internal.config.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds devices of one machine that have the same name. Threading: one thread at a time. */
public final class DeviceIds {
  /** The virtio console. */
  public static final String CONSOLE = "console0";

  /** The entropy device. */
  public static final String ENTROPY = "rng0";

  /** The panic device. */
  public static final String PANIC = "pvpanic0";

  /** The vsock device, if it has no other name. */
  public static final String VSOCK = "vsock0";

  /** The watchdog. */
  static final String WATCHDOG = "watchdog0";

  static final String IO_APIC = "ioapic0";
  static final String SERIAL = "serial0";
  static final String ACPI_SHUTDOWN = "acpi-shutdown0";
  static final String KEYBOARD_CONTROLLER = "i8042";
  static final String CLOCK = "rtc0";
  static final String GENERIC_EVENTS = "ged0";
  static final String PM_TIMER = "pm-timer0";
  static final String DEBUG_PORT = "debug-port0";
  static final String PCI_BUS = "pci0";
  static final String DEBUG_CONSOLE = "debug-console0";

  /** What no other device can be called, whether the machine has it or not. */
  static final List<String> BOARD =
      List.of(
          IO_APIC,
          SERIAL,
          ACPI_SHUTDOWN,
          KEYBOARD_CONTROLLER,
          CLOCK,
          GENERIC_EVENTS,
          PM_TIMER,
          DEBUG_PORT,
          DEBUG_CONSOLE,
          WATCHDOG,
          PCI_BUS);

  private final Map<String, String> owners = new HashMap<>();

  /**
   * Notes a device's name.
   *
   * @param field the setting that made it, such as {@code disks[0]}
   * @param problems takes the mistake, if another device has that name
   */
  public void claim(String field, String id, List<Problem> problems) {
    if (BOARD.contains(id)) {
      problems.add(
          new Problem(field + ".id", id, "a device on the machine's board is called that"));
      return;
    }
    String other = owners.putIfAbsent(id, field);
    if (other != null) {
      problems.add(new Problem(field + ".id", id, "%s has that id, too".formatted(other)));
    }
  }
}
