package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.InterruptLine;
import dev.javisor.internal.bus.Scheduler;
import dev.javisor.internal.bus.SystemControl;
import java.time.Clock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Makes the platform's small devices, and says what their descriptions in ACPI tables need. */
public final class LegacyDevices {
  /** Size of the ACPI sleep and reset register, in bytes. */
  public static final int ACPI_SHUTDOWN_SIZE = 1;

  /** What a guest writes to the ACPI reset register to reset (FADT RESET_VALUE). */
  public static final int ACPI_RESET_VALUE = 1;

  /** The sleep type that means S5 (DSDT {@code _S5_}). */
  public static final int ACPI_S5_SLEEP_TYPE = 5;

  /** Ports that the keyboard controller takes, from 0x60. */
  public static final int KEYBOARD_CONTROLLER_SIZE = 5;

  /** Size of the power management timer, in bytes. */
  public static final int PM_TIMER_SIZE = 4;

  /** Size of the debug console, in bytes. */
  public static final int DEBUG_CONSOLE_SIZE = 1;

  /** Ports that CMOS RAM and real-time clock take, in bytes. */
  public static final int CMOS_SIZE = 2;

  /** Size of the watchdog's registers, in bytes. */
  public static final int WATCHDOG_SIZE = 16;

  /** Offset of the watchdog's control register: bit 0 lets it count. */
  public static final int WATCHDOG_CONTROL = 0;

  /** Offset of what the watchdog counts down from, in ticks. */
  public static final int WATCHDOG_COUNTDOWN = 4;

  /** Offset of what is left of that, in ticks; any write sets the watchdog back. */
  public static final int WATCHDOG_LEFT = 8;

  /** Offset of the watchdog's status register: bit 0 says that it has reset the machine. */
  public static final int WATCHDOG_STATUS = 12;

  /** A tick of the watchdog, in milliseconds. */
  public static final int WATCHDOG_TICK_MILLIS = 100;

  /** The most ticks that the watchdog counts, a little over a day. */
  public static final int WATCHDOG_MAX_COUNT = 1 << 20;

  private LegacyDevices() {}

  /**
   * A 16550A serial port.
   *
   * @param irq its interrupt; COM1's is IRQ 4
   * @param output takes what the guest sends
   * @param roomListener told when {@link SerialPort#receive} took less than it was given and at
   *     least half of the queue is free again; called without locks on a vCPU thread or the
   *     machine's, must not block, and may call {@code receive}
   */
  public static SerialPort serialPort(
      String id, SerialConfig config, InterruptLine irq, ByteSink output, Runnable roomListener) {
    return new Uart16550(id, config, irq, output, roomListener);
  }

  /** An I/O APIC with {@link IoApic#PINS} pins. */
  public static IoApic ioApic(String id, IoApicConfig config, MsiRouter router) {
    return new Ioapic82093aa(id, config, router);
  }

  /** The ACPI register by which a guest switches off or resets. */
  public static LegacyDevice<NoState> acpiShutdown(String id, SystemControl system) {
    return new AcpiShutdown(id, system);
  }

  /** The keyboard controller by which a guest resets; it starts at port 0x60. */
  public static LegacyDevice<KeyboardControllerState> keyboardController(
      String id, SystemControl system) {
    return new KeyboardController(id, system);
  }

  /**
   * The generic event device's status register.
   *
   * @param irq its interrupt, edge-triggered
   */
  public static GenericEventDevice genericEventDevice(String id, InterruptLine irq) {
    return new GenericEventRegister(id, irq);
  }

  /**
   * The ACPI power management timer.
   *
   * @param nanoTime the clock that drives it, such as {@link System#nanoTime}
   */
  public static LegacyDevice<PmTimerState> pmTimer(String id, LongSupplier nanoTime) {
    return new AcpiPmTimer(id, nanoTime);
  }

  /**
   * A watchdog, which stands still until the guest starts it.
   *
   * @param nanoTime the clock that drives it, such as {@link System#nanoTime}
   * @param scheduler wakes it when the time may be up
   * @param system told when it is
   */
  public static LegacyDevice<WatchdogState> watchdog(
      String id, LongSupplier nanoTime, Scheduler scheduler, SystemControl system) {
    return new WatchdogTimer(id, nanoTime, scheduler, system);
  }

  /**
   * The debug port.
   *
   * @param nanoTime the clock for the codes' times
   * @param listener told of each code, on vCPU threads; must not block, throw or call the port
   */
  public static DebugPort debugPort(
      String id, LongSupplier nanoTime, Consumer<DebugCode> listener) {
    return new PostCodePort(id, nanoTime, listener);
  }

  /**
   * The debug console.
   *
   * @param output takes what the guest prints
   */
  public static LegacyDevice<NoState> debugConsole(String id, ByteSink output) {
    return new DebugConsole(id, output);
  }

  /**
   * CMOS RAM and real-time clock.
   *
   * @param clock the host's time; the guest sees it as UTC until it sets the clock
   * @param scheduler wakes it for alarm, periodic and update-ended interrupts
   * @param irq its interrupt, IRQ 8, edge-triggered
   * @param system told when the guest restarts through the BIOS
   */
  public static LegacyDevice<CmosState> cmos(
      String id,
      CmosConfig config,
      Clock clock,
      Scheduler scheduler,
      InterruptLine irq,
      SystemControl system) {
    RtcClock time = new RtcClock(clock);
    RtcInterrupts interrupts = new RtcInterrupts(irq, time.now());
    return new CmosRtc(id, config, time, interrupts, scheduler, system);
  }
}
