package dev.javisor.internal.machine;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.bus.Bus;
import dev.javisor.internal.bus.Device;
import dev.javisor.internal.bus.SystemControl;
import dev.javisor.internal.legacy.IoApic;
import dev.javisor.internal.legacy.IoApicConfig;
import dev.javisor.internal.legacy.LegacyDevice;
import dev.javisor.internal.legacy.LegacyDevices;
import dev.javisor.internal.legacy.SerialConfig;
import dev.javisor.internal.legacy.SerialPort;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.x86.PlatformLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The devices of a machine on their buses.
 *
 * <p>Threading: as each device; {@link #reset}, {@link #quiesce} and {@link #resume} under the
 * machine's lock.
 */
final class Devices {
  /** The pin of the generic event device. */
  static final int GENERIC_EVENTS_PIN = PlatformLayout.FIRST_FREE_PIN;

  /** The pin of the real-time clock, as on a PC. */
  static final int RTC_PIN = 8;

  private static final long KEYBOARD_CONTROLLER_PORT = 0x60;

  private final Bus pioBus = new Bus();
  private final Bus mmioBus = new Bus();
  private final List<Device<?>> all = new ArrayList<>();
  private final IoApic ioApic;
  private final SerialPort serial;

  Devices(
      InterruptRouter interrupts,
      SystemControl control,
      MachineListener listener,
      MachineLayout layout,
      RamSpec ram) {
    ioApic = LegacyDevices.ioApic("ioapic0", new IoApicConfig(false), interrupts);
    add(mmioBus, PlatformLayout.IOAPIC, ioApic);
    serial =
        LegacyDevices.serialPort(
            "serial0",
            SerialConfig.DEFAULT,
            ioApic.line(PlatformLayout.COM1_PIN),
            listener::onConsoleOutput,
            listener::onConsoleInputReady);
    add(pioBus, PlatformLayout.COM1, serial);
    add(
        pioBus,
        PlatformLayout.ACPI_SHUTDOWN,
        LegacyDevices.acpiShutdown("acpi-shutdown0", control));
    add(
        pioBus,
        new AddressRange(KEYBOARD_CONTROLLER_PORT, LegacyDevices.KEYBOARD_CONTROLLER_SIZE),
        LegacyDevices.keyboardController("i8042", control));
  }

  Bus pioBus() {
    return pioBus;
  }

  Bus mmioBus() {
    return mmioBus;
  }

  void endOfInterrupt(int vector) {
    ioApic.endOfInterrupt(vector);
  }

  void reset() {
    all.forEach(Device::reset);
  }

  void quiesce() {
    all.forEach(Device::quiesce);
  }

  void resume() {
    all.forEach(Device::resume);
  }

  int consoleInput(byte[] bytes, int offset, int length) {
    return serial.receive(bytes, offset, length);
  }

  void pressPowerButton() {}

  private void add(Bus bus, AddressRange range, LegacyDevice<?> device) {
    bus.add(range, device);
    all.add(device);
  }
}
