package dev.javisor.internal.acpi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The fixed ACPI description table of a hardware-reduced machine: no SCI, no PM1 registers, no
 * FACS; sleep, reset and PM timer are I/O ports.
 *
 * <p>The boot flags say that no 8042 keyboard controller is there, although its reset line is:
 * Linux then leaves it alone, instead of probing for a keyboard that would never answer, and can
 * still reset the machine by it. They say that there is no VGA, and that MSI works (its flag is
 * clear).
 *
 * <p>Spec: ACPI 6.5 §5.2.9, §4.1 (hardware-reduced).
 */
final class Fadt {
  static final int SIZE = 276;
  static final int REVISION = 6;

  private static final int OFFSET_PM_TMR_BLK = 76;
  private static final int OFFSET_PM_TMR_LEN = 91;
  private static final int OFFSET_CENTURY = 108;
  private static final int OFFSET_IAPC_BOOT_ARCH = 109;
  private static final int OFFSET_FLAGS = 112;
  private static final int OFFSET_RESET_REG = 116;
  private static final int OFFSET_RESET_VALUE = 128;
  private static final int OFFSET_MINOR_VERSION = 131;
  private static final int OFFSET_X_DSDT = 140;
  private static final int OFFSET_X_PM_TMR_BLK = 208;
  private static final int OFFSET_SLEEP_CONTROL_REG = 244;
  private static final int OFFSET_SLEEP_STATUS_REG = 256;
  private static final int OFFSET_HYPERVISOR_VENDOR_IDENTITY = 268;

  private static final int BOOT_VGA_NOT_PRESENT = 1 << 2;
  private static final int BOOT_CMOS_RTC_NOT_PRESENT = 1 << 5;

  private static final int FLAG_WBINVD = 1;
  private static final int FLAG_PROC_C1 = 1 << 2;
  private static final int FLAG_PWR_BUTTON = 1 << 4;
  private static final int FLAG_SLP_BUTTON = 1 << 5;
  private static final int FLAG_FIX_RTC = 1 << 6;
  private static final int FLAG_TMR_VAL_EXT = 1 << 8;
  private static final int FLAG_RESET_REG_SUP = 1 << 10;
  private static final int FLAG_HW_REDUCED_ACPI = 1 << 20;

  /** WBINVD and C1 are what any processor has; the three after them say "not fixed hardware". */
  private static final int FLAGS =
      FLAG_WBINVD
          | FLAG_PROC_C1
          | FLAG_PWR_BUTTON
          | FLAG_SLP_BUTTON
          | FLAG_FIX_RTC
          | FLAG_TMR_VAL_EXT
          | FLAG_RESET_REG_SUP
          | FLAG_HW_REDUCED_ACPI;

  private static final int MINOR_VERSION = 3;
  private static final int PM_TIMER_BYTES = 4;

  /** The CMOS register with the century of the date. */
  private static final int RTC_CENTURY = 0x32;

  private static final int SPACE_SYSTEM_IO = 1;
  private static final String HYPERVISOR = "JAVISOR ";

  private Fadt() {}

  static AcpiTable table(AcpiConfig config, long dsdtGpa) {
    AcpiPorts ports = config.ports();
    int bootFlags = BOOT_VGA_NOT_PRESENT | (config.rtcPresent() ? 0 : BOOT_CMOS_RTC_NOT_PRESENT);
    ByteBuffer table = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    table.putInt(OFFSET_PM_TMR_BLK, ports.pmTimer());
    table.put(OFFSET_PM_TMR_LEN, (byte) PM_TIMER_BYTES);
    table.put(OFFSET_CENTURY, (byte) (config.rtcPresent() ? RTC_CENTURY : 0));
    table.putShort(OFFSET_IAPC_BOOT_ARCH, (short) bootFlags);
    table.putInt(OFFSET_FLAGS, FLAGS);
    putPort(table, OFFSET_RESET_REG, ports.reset(), 1);
    table.put(OFFSET_RESET_VALUE, (byte) AcpiPorts.RESET_VALUE);
    table.put(OFFSET_MINOR_VERSION, (byte) MINOR_VERSION);
    table.putLong(OFFSET_X_DSDT, dsdtGpa);
    putPort(table, OFFSET_X_PM_TMR_BLK, ports.pmTimer(), PM_TIMER_BYTES);
    putPort(table, OFFSET_SLEEP_CONTROL_REG, ports.sleep(), 1);
    putPort(table, OFFSET_SLEEP_STATUS_REG, ports.sleep(), 1);
    table.put(OFFSET_HYPERVISOR_VENDOR_IDENTITY, AcpiTable.ascii(HYPERVISOR));
    byte[] body = new byte[SIZE - AcpiTable.HEADER_SIZE];
    table.get(AcpiTable.HEADER_SIZE, body);
    return AcpiTable.of("FACP", REVISION, body);
  }

  /** Puts a generic address structure (ACPI 6.5 §5.2.3.2) that names a port. */
  private static void putPort(ByteBuffer table, int offset, int port, int bytes) {
    int accessSize = Integer.numberOfTrailingZeros(bytes) + 1;
    table.put(offset, (byte) SPACE_SYSTEM_IO);
    table.put(offset + 1, (byte) (8 * bytes));
    table.put(offset + 2, (byte) 0);
    table.put(offset + 3, (byte) accessSize);
    table.putLong(offset + 4, port);
  }
}
