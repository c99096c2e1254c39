package dev.javisor.internal.machine;

import dev.javisor.internal.acpi.GenericEvents;
import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.bus.Bus;
import dev.javisor.internal.bus.Device;
import dev.javisor.internal.bus.DeviceCounters;
import dev.javisor.internal.bus.DeviceListener;
import dev.javisor.internal.bus.Scheduler;
import dev.javisor.internal.bus.SystemControl;
import dev.javisor.internal.legacy.CmosConfig;
import dev.javisor.internal.legacy.GenericEventDevice;
import dev.javisor.internal.legacy.IoApic;
import dev.javisor.internal.legacy.IoApicConfig;
import dev.javisor.internal.legacy.LegacyDevice;
import dev.javisor.internal.legacy.LegacyDevices;
import dev.javisor.internal.legacy.SerialConfig;
import dev.javisor.internal.legacy.SerialPort;
import dev.javisor.internal.pci.PciBus;
import dev.javisor.internal.pci.PciDevice;
import dev.javisor.internal.x86.PlatformLayout;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices of a machine on their buses.
 *
 * <p>Threading: as each device; {@link #reset}, {@link #quiesce} and {@link #resume} under the
 * machine's lock. Backends of users may never return from {@link #reset}, {@link #quiesce} and
 * {@link #close}: {@link Errands} says what becomes of these calls then.
 */
final class Devices implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Devices.class);

  /** The pin of the generic event device. */
  static final int GENERIC_EVENTS_PIN = PlatformLayout.FIRST_FREE_PIN;

  /** The pin of the real-time clock, as on a PC. */
  static final int RTC_PIN = 8;

  /** Configuration space of bus 0, the only one. */
  static final AddressRange ECAM = new AddressRange(PlatformLayout.ECAM.base(), 1L << 20);

  private static final long KEYBOARD_CONTROLLER_PORT = 0x60;

  private final Bus pioBus = new Bus();
  private final Bus mmioBus = new Bus();
  private final List<Device<?>> all = new ArrayList<>();
  private final IoApic ioApic;
  private final GenericEventDevice genericEvents;
  private final PciBus pci;
  private final List<PciDevice<?>> pciDevices = new ArrayList<>();
  private final List<DeviceCounters> counters = new CopyOnWriteArrayList<>();
  private final DeviceListener deviceListener;
  private final Errands errands;

  Devices(
      String name,
      Errands errands,
      InterruptRouter interrupts,
      SystemControl control,
      Consoles consoles,
      MachineListener listener,
      Scheduler timer,
      MachineLayout layout,
      BoardSpec board) {
    this.errands = errands;
    deviceListener = told(listener);
    ioApic =
        LegacyDevices.ioApic(
            DeviceIds.IO_APIC, new IoApicConfig(layout.extendedDestinationIds()), interrupts);
    add(mmioBus, PlatformLayout.IOAPIC, ioApic);
    if (consoles.modes().hasSerial()) {
      addSerial(consoles.serial());
    }
    add(
        pioBus,
        PlatformLayout.ACPI_SHUTDOWN,
        LegacyDevices.acpiShutdown(DeviceIds.ACPI_SHUTDOWN, control));
    add(
        pioBus,
        new AddressRange(KEYBOARD_CONTROLLER_PORT, LegacyDevices.KEYBOARD_CONTROLLER_SIZE),
        LegacyDevices.keyboardController(DeviceIds.KEYBOARD_CONTROLLER, control));
    add(
        pioBus,
        PlatformLayout.CMOS,
        LegacyDevices.cmos(
            DeviceIds.CLOCK,
            new CmosConfig(layout.ramBelow4Gib(), layout.ramAbove4Gib()),
            Clock.systemUTC(),
            timer,
            ioApic.line(RTC_PIN),
            control));
    genericEvents =
        LegacyDevices.genericEventDevice(DeviceIds.GENERIC_EVENTS, ioApic.line(GENERIC_EVENTS_PIN));
    add(mmioBus, layout.genericEvents(), genericEvents);
    add(
        pioBus,
        PlatformLayout.PM_TIMER,
        LegacyDevices.pmTimer(DeviceIds.PM_TIMER, System::nanoTime));
    add(
        pioBus,
        PlatformLayout.DEBUG_PORT,
        LegacyDevices.debugPort(
            DeviceIds.DEBUG_PORT, System::nanoTime, code -> log.debug("{}: {}", name, code)));
    add(
        pioBus,
        PlatformLayout.DEBUG_CONSOLE,
        LegacyDevices.debugConsole(
            DeviceIds.DEBUG_CONSOLE,
            new DebugOutput(line -> log.debug("{}: debug console: {}", name, line))));
    if (board.watchdog()) {
      add(
          pioBus,
          PlatformLayout.WATCHDOG,
          LegacyDevices.watchdog(DeviceIds.WATCHDOG, System::nanoTime, timer, control));
    }
    pci = new PciBus(PlatformLayout.PCI_MMIO_32, layout.pciWindow64());
    all.add(pci);
    pioBus.add(PlatformLayout.PCI_CONFIG_PORTS, pci.configPorts());
    mmioBus.add(ECAM, pci.ecam());
    mmioBus.add(PlatformLayout.PCI_MMIO_32, pci.memory32());
    mmioBus.add(layout.pciWindow64(), pci.memory64());
  }

  /**
   * Puts a device into the PCI bus's next slot. It belongs to this object from here on.
   *
   * @throws IllegalStateException if there is no more room, or another device has its name; it is
   *     closed then
   */
  void add(PciDevice<?> device) {
    try {
      refuseTaken(device.id());
      pci.add(device.function());
    } catch (RuntimeException e) {
      device.close();
      throw e;
    }
    pciDevices.add(device);
    all.add(device);
    device.listen(deviceListener);
    DeviceCounters counted = device.counters();
    if (counted != null) {
      counters.add(counted);
    }
  }

  private void refuseTaken(String id) {
    if (all.stream().anyMatch(other -> other.id().equals(id))) {
      throw new IllegalStateException("two devices are called " + id);
    }
  }

  private static DeviceListener told(MachineListener listener) {
    return new DeviceListener() {
      @Override
      public void activated(String id) {
        listener.onDeviceActivated(id);
      }

      @Override
      public void reset(String id) {
        listener.onDeviceReset(id);
      }
    };
  }

  /** What the devices count, by their ids; any thread, also after {@link #close}. */
  Map<String, Map<String, Long>> counters() {
    Map<String, Map<String, Long>> all = new LinkedHashMap<>();
    counters.forEach(c -> all.put(c.id(), Collections.unmodifiableMap(c.counters())));
    return Collections.unmodifiableMap(all);
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
    errands.run("reset", () -> all.forEach(Device::reset));
  }

  void quiesce() {
    errands.run("pause", () -> all.forEach(Device::quiesce));
  }

  void resume() {
    all.forEach(Device::resume);
  }

  /** What all devices are like; they are quiesced. */
  List<MachineState.Part> save() {
    return DeviceStates.save(all);
  }

  /**
   * Takes over what {@link #save} returned; the devices are quiesced.
   *
   * @param held whether any local APIC has an interrupt with this vector pending or in service
   * @throws IllegalArgumentException if it is not of a machine like this
   */
  void restore(List<MachineState.Part> parts, IntPredicate held) {
    DeviceStates.restore(all, parts);
    ioApic.endInterruptsNotHeld(held);
  }

  /** Has {@link #close} make durable what the guest has written. */
  void keepWrites() {
    pciDevices.forEach(PciDevice::keepWrites);
  }

  /** Drains and closes what has threads or files. Later calls do nothing. */
  @Override
  public void close() {
    Map<String, Runnable> steps = new LinkedHashMap<>();
    for (PciDevice<?> device : pciDevices) {
      steps.put("close " + device.id(), device::close);
    }
    pciDevices.clear();
    errands.finish(steps);
  }

  void pressPowerButton() {
    genericEvents.signal(GenericEvents.POWER_BUTTON);
  }

  private void addSerial(ConsolePort port) {
    SerialPort serial =
        LegacyDevices.serialPort(
            DeviceIds.SERIAL,
            SerialConfig.DEFAULT,
            ioApic.line(PlatformLayout.COM1_PIN),
            port::print,
            port::inputReady);
    add(pioBus, PlatformLayout.COM1, serial);
    port.connect(serial::receive);
  }

  private void add(Bus bus, AddressRange range, LegacyDevice<?> device) {
    bus.add(range, device);
    all.add(device);
  }
}
