package dev.javisor.internal.x86;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Changes to a local APIC's registers as KVM hands them out: 1 KiB, a register each 16 bytes.
 *
 * <p>Source: SDM Vol 3A, "Local APIC Register Address Map", "Local Vector Table"; KVM api.rst
 * KVM_GET_LAPIC.
 */
public final class LapicPage {
  /** The size in bytes. */
  public static final int SIZE = 1024;

  private static final int LVT_LINT0 = 0x350;
  private static final int LVT_LINT1 = 0x360;
  private static final int DELIVERY_MODE_MASK = 0x700;
  private static final int DELIVERY_MODE_NMI = 0x400;
  private static final int DELIVERY_MODE_EXTINT = 0x700;

  private LapicPage() {}

  /**
   * Sets the interrupt pins as a PC's firmware leaves them: LINT0 takes interrupts of a PIC, LINT1
   * is the NMI.
   *
   * @param page the registers, {@link #SIZE} bytes
   * @return the same with the two registers changed
   */
  public static byte[] withPins(byte[] page) {
    if (page.length != SIZE) {
      throw new IllegalArgumentException("a local APIC of " + page.length + " bytes");
    }
    byte[] changed = page.clone();
    setDeliveryMode(changed, LVT_LINT0, DELIVERY_MODE_EXTINT);
    setDeliveryMode(changed, LVT_LINT1, DELIVERY_MODE_NMI);
    return changed;
  }

  private static void setDeliveryMode(byte[] page, int register, int mode) {
    ByteBuffer bytes = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(register, bytes.getInt(register) & ~DELIVERY_MODE_MASK | mode);
  }
}
