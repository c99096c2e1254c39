package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.SystemControl;

/**
 * As much of an i8042 keyboard controller, and of the system control port among its registers, as a
 * guest needs to reset the machine (PIO 0x60-0x64).
 *
 * <p>Spec: i8042 data sheet, as used by the PC/AT: commands 0xF0-0xFF pulse output lines, and line
 * 0 is the CPU's reset; PC/AT technical reference, port 0x61 ("port B").
 *
 * <p>Not modelled: keyboard, mouse and their interrupts (data reads as ones, the buffers are always
 * empty), all other commands, speaker and timer.
 *
 * <p>Threading: any vCPU thread; guarded by {@code this}.
 */
final class KeyboardController extends ByteRegisters
    implements LegacyDevice<KeyboardControllerState> {
  private static final int PORT_B = 1;

  /** Command when written, status when read. */
  private static final int COMMAND = 4;

  /** With bit 0, the reset line, clear in a command 0xF0-0xFF, that line is pulsed. */
  private static final int PULSE_RESET = 0xf0;

  private static final int PULSE_RESET_MASK = 0xf1;
  private static final int STATUS_IDLE = 0;
  private static final int PORT_B_WRITABLE = 0x0f;

  /** Output of timer 2: Linux waits for it when it measures the TSC by the PIT. */
  private static final int PORT_B_TIMER_OUTPUT = 0x20;

  private final String id;
  private final SystemControl system;
  private int systemControl;

  KeyboardController(String id, SystemControl system) {
    super(LegacyDevices.KEYBOARD_CONTROLLER_SIZE);
    this.id = id;
    this.system = system;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  synchronized int readByte(int offset) {
    return switch (offset) {
      case PORT_B -> PORT_B_TIMER_OUTPUT | systemControl;
      case COMMAND -> STATUS_IDLE;
      default -> 0xff;
    };
  }

  @Override
  synchronized void writeByte(int offset, int value) {
    if (offset == PORT_B) {
      systemControl = value & PORT_B_WRITABLE;
    } else if (offset == COMMAND && (value & PULSE_RESET_MASK) == PULSE_RESET) {
      system.reset();
    }
  }

  @Override
  public synchronized void reset() {
    systemControl = 0;
  }

  @Override
  public synchronized KeyboardControllerState save() {
    return new KeyboardControllerState(KeyboardControllerState.VERSION, systemControl);
  }

  @Override
  public synchronized void restore(KeyboardControllerState state) {
    StateCheck.version(state, KeyboardControllerState.VERSION);
    StateCheck.bits("systemControl", state.systemControl(), PORT_B_WRITABLE);
    systemControl = state.systemControl();
  }
}
