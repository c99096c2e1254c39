package dev.javisor.internal.legacy;

/**
 * Registers and bits of an MC146818A with the PC's century byte.
 *
 * <p>Spec: MC146818A data sheet, "Address map" and "Registers"; the century byte is named by the
 * FADT (ACPI 6.5 §5.2.9).
 */
final class RtcRegisters {
  static final int SECONDS = 0x00;
  static final int SECONDS_ALARM = 0x01;
  static final int MINUTES = 0x02;
  static final int MINUTES_ALARM = 0x03;
  static final int HOURS = 0x04;
  static final int HOURS_ALARM = 0x05;
  static final int WEEKDAY = 0x06;
  static final int DAY = 0x07;
  static final int MONTH = 0x08;
  static final int YEAR = 0x09;
  static final int A = 0x0a;
  static final int B = 0x0b;
  static final int C = 0x0c;
  static final int D = 0x0d;
  static final int SHUTDOWN_STATUS = 0x0f;
  static final int CENTURY = 0x32;

  /** Number of registers and RAM bytes. */
  static final int COUNT = 128;

  static final int A_UPDATE_IN_PROGRESS = 0x80;
  static final int A_WRITABLE = 0x7f;

  /** The two upper bits of the divider: both set hold it in reset. */
  static final int A_DIVIDER_RESET = 0x60;

  static final int A_RATE = 0x0f;

  /** 32.768 kHz, periodic rate 1024 Hz. */
  static final int A_RESET = 0x26;

  static final int B_SET = 0x80;
  static final int B_BINARY = 0x04;
  static final int B_24_HOURS = 0x02;

  /** Periodic, alarm and update-ended interrupts, where C has their flags. */
  static final int B_INTERRUPTS = 0x70;

  /** BCD and 24 hours: Linux refuses a clock of 12. */
  static final int B_RESET = B_24_HOURS;

  static final int C_INTERRUPT = 0x80;
  static final int C_PERIODIC = 0x40;
  static final int C_ALARM = 0x20;
  static final int C_UPDATE_ENDED = 0x10;

  /** The battery is good. */
  static final int D_VALID = 0x80;

  private RtcRegisters() {}

  /** Whether the register holds a part of the time. */
  static boolean isTime(int register) {
    return switch (register) {
      case SECONDS, MINUTES, HOURS, WEEKDAY, DAY, MONTH, YEAR, CENTURY -> true;
      default -> false;
    };
  }

  /** Whether the divider is held in reset, so that time stands still. */
  static boolean isDividerReset(int a) {
    return (a & A_DIVIDER_RESET) == A_DIVIDER_RESET;
  }

  /** Frequency of the periodic interrupt in Hz, 2 to 8192; 0 if there is none. */
  static int periodicHz(int a) {
    int rate = a & A_RATE;
    return switch (rate) {
      case 0 -> 0;
      case 1 -> 256;
      case 2 -> 128;
      default -> 32768 >> (rate - 1);
    };
  }
}
