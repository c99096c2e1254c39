package dev.javisor.internal.acpi;

import dev.javisor.internal.acpi.aml.AmlOutput;
import dev.javisor.internal.legacy.LegacyDevices;

/**
 * The watchdog action table, by which a guest drives a watchdog without knowing its registers.
 *
 * <p>Spec: Microsoft, Hardware Watchdog Timers Design Specification 1.01; ACPI 6.5 §5.2.3.2
 * (generic address).
 */
public final class Wdat {
  private static final int REVISION = 1;
  private static final int HEADER_SIZE = 32;
  private static final int FLAG_ENABLED = 1;
  private static final int NO_PCI_DEVICE = 0xff;
  private static final int IO_SPACE = 1;
  private static final int REGISTER_BITS = 32;
  private static final int DWORD_ACCESS = 3;

  private static final int READ_VALUE = 0;
  private static final int READ_COUNTDOWN = 1;
  private static final int WRITE_VALUE = 2;
  private static final int WRITE_COUNTDOWN = 3;

  private final int port;
  private final AmlOutput entries = new AmlOutput();
  private int count;

  private Wdat(int port) {
    this.port = port;
  }

  /**
   * Describes {@link LegacyDevices#watchdog}.
   *
   * @param port where its registers begin
   */
  public static AcpiTable table(int port) {
    Wdat wdat = new Wdat(port);
    wdat.entry(1, WRITE_VALUE, LegacyDevices.WATCHDOG_LEFT, 1, -1); // reset
    wdat.entry(4, READ_COUNTDOWN, LegacyDevices.WATCHDOG_LEFT, 0, -1); // current countdown
    wdat.entry(5, READ_COUNTDOWN, LegacyDevices.WATCHDOG_COUNTDOWN, 0, -1); // countdown
    wdat.entry(6, WRITE_COUNTDOWN, LegacyDevices.WATCHDOG_COUNTDOWN, 0, -1);
    wdat.entry(8, READ_VALUE, LegacyDevices.WATCHDOG_CONTROL, 1, 1); // running
    wdat.entry(9, WRITE_VALUE, LegacyDevices.WATCHDOG_CONTROL, 1, 1);
    wdat.entry(10, READ_VALUE, LegacyDevices.WATCHDOG_CONTROL, 0, 1); // stopped
    wdat.entry(11, WRITE_VALUE, LegacyDevices.WATCHDOG_CONTROL, 0, 1);
    wdat.entry(32, READ_VALUE, LegacyDevices.WATCHDOG_STATUS, 1, 1); // it caused the boot
    wdat.entry(33, WRITE_VALUE, LegacyDevices.WATCHDOG_STATUS, 1, 1);
    return wdat.finish();
  }

  private void entry(int action, int instruction, int register, int value, int mask) {
    entries.appendByte(action).appendByte(instruction).appendWord(0);
    entries.appendByte(IO_SPACE).appendByte(REGISTER_BITS).appendByte(0).appendByte(DWORD_ACCESS);
    entries.appendQword(port + register).appendDword(value).appendDword(mask);
    count++;
  }

  private AcpiTable finish() {
    AmlOutput body = new AmlOutput().appendDword(HEADER_SIZE);
    body.appendWord(NO_PCI_DEVICE).appendByte(NO_PCI_DEVICE);
    body.appendByte(NO_PCI_DEVICE).appendByte(NO_PCI_DEVICE);
    body.appendByte(0).appendByte(0).appendByte(0);
    body.appendDword(LegacyDevices.WATCHDOG_TICK_MILLIS);
    body.appendDword(LegacyDevices.WATCHDOG_MAX_COUNT).appendDword(1);
    body.appendByte(FLAG_ENABLED).appendByte(0).appendByte(0).appendByte(0);
    body.appendDword(count);
    byte[] header = body.toByteArray();
    byte[] rest = entries.toByteArray();
    byte[] all = new byte[header.length + rest.length];
    System.arraycopy(header, 0, all, 0, header.length);
    System.arraycopy(rest, 0, all, header.length, rest.length);
    return AcpiTable.of("WDAT", REVISION, all);
  }
}
