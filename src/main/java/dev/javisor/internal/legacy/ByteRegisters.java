package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.BusDevice;

/**
 * A device whose registers are one byte wide. A wider access is taken apart into bytes at rising
 * addresses, as an ISA bus does; bytes behind the last register read as ones, and writes there
 * vanish.
 */
abstract class ByteRegisters implements BusDevice {
  private static final int MAX_ACCESS = 8;

  private final int count;

  /**
   * @param count number of registers, 1 or more
   */
  ByteRegisters(int count) {
    this.count = count;
  }

  /**
   * Reads one register.
   *
   * @param offset 0 to count - 1
   * @return the value; bits above the low eight are ignored
   */
  abstract int readByte(int offset);

  /**
   * Writes one register.
   *
   * @param offset 0 to count - 1
   * @param value 0 to 255
   */
  abstract void writeByte(int offset, int value);

  @Override
  public final long read(long offset, int size) {
    long value = 0;
    for (int i = 0; i < Math.min(size, MAX_ACCESS); i++) {
      long register = offset + i;
      int part = isRegister(register) ? readByte((int) register) : 0xff;
      value |= (part & 0xffL) << (8 * i);
    }
    return value;
  }

  @Override
  public final void write(long offset, int size, long value) {
    for (int i = 0; i < Math.min(size, MAX_ACCESS); i++) {
      long register = offset + i;
      if (isRegister(register)) {
        writeByte((int) register, (int) (value >>> (8 * i)) & 0xff);
      }
    }
  }

  private boolean isRegister(long offset) {
    return offset >= 0 && offset < count;
  }
}
