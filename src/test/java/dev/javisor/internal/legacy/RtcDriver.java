package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.BusDevice;
import java.time.LocalDateTime;

/** The guest's side of the real-time clock: reads, sets and waits as Linux' rtc-cmos does. */
final class RtcDriver {
  static final int A = 0x0a;
  static final int B = 0x0b;
  static final int C = 0x0c;
  static final int D = 0x0d;
  static final int CENTURY = 0x32;
  static final int SET = 0x80;
  static final int PERIODIC = 0x40;
  static final int ALARM = 0x20;
  static final int UPDATE = 0x10;
  static final int BINARY = 0x04;
  static final int HOURS_24 = 0x02;

  private static final int AFTERNOON = 0x80;

  private final BusDevice ports;

  RtcDriver(BusDevice ports) {
    this.ports = ports;
  }

  int in(int register) {
    ports.write(0, 1, register);
    return (int) ports.read(1, 1);
  }

  void out(int register, int value) {
    ports.write(0, 1, register);
    ports.write(1, 1, value);
  }

  /** Checks what Linux wants before it registers the clock. */
  boolean probe() {
    boolean updateEnds = (in(A) & 0x80) == 0;
    out(A, 0x26);
    out(B, in(B) & ~(PERIODIC | ALARM | UPDATE));
    in(C);
    return updateEnds && (in(B) & HOURS_24) != 0 && (in(D) & 0x80) != 0;
  }

  LocalDateTime time() {
    int year = number(in(CENTURY)) * 100 + number(in(0x09));
    return LocalDateTime.of(
        year,
        number(in(0x08)),
        number(in(0x07)),
        hour(in(0x04)),
        number(in(0x02)),
        number(in(0x00)));
  }

  /** Sets the clock; it runs half a second after this returns. */
  void setTime(LocalDateTime time) {
    int control = in(B);
    out(B, control | SET);
    int rate = in(A);
    out(A, rate | 0x70);
    out(0x09, code(time.getYear() % 100));
    out(0x08, code(time.getMonthValue()));
    out(0x07, code(time.getDayOfMonth()));
    out(0x04, hourCode(time.getHour()));
    out(0x02, code(time.getMinute()));
    out(0x00, code(time.getSecond()));
    out(CENTURY, code(time.getYear() / 100));
    out(B, control);
    out(A, rate);
  }

  /** Sets the alarm's time of day and lets it interrupt. */
  void setAlarm(int hour, int minute, int second) {
    out(B, in(B) & ~ALARM);
    in(C);
    out(0x05, hourCode(hour));
    out(0x03, code(minute));
    out(0x01, code(second));
    out(B, in(B) | ALARM);
  }

  private boolean isBinary() {
    return (in(B) & BINARY) != 0;
  }

  private int number(int code) {
    return isBinary() ? code : Integer.parseInt(Integer.toHexString(code));
  }

  private int code(int number) {
    return isBinary() ? number : Integer.parseInt(Integer.toString(number), 16);
  }

  private int hour(int code) {
    if ((in(B) & HOURS_24) != 0) {
      return number(code);
    }
    int half = number(code & ~AFTERNOON);
    if (half < 1 || half > 12) {
      throw new AssertionError("an hour of " + half);
    }
    return half % 12 + ((code & AFTERNOON) != 0 ? 12 : 0);
  }

  private int hourCode(int hour) {
    if ((in(B) & HOURS_24) != 0) {
      return code(hour);
    }
    int half = hour % 12 == 0 ? 12 : hour % 12;
    return code(half) | (hour >= 12 ? AFTERNOON : 0);
  }
}
