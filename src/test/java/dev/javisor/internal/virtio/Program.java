package dev.javisor.internal.virtio;

import java.util.Random;

/** Numbers from a program's bytes; zeros behind its end. */
public final class Program extends Random {
  private static final long serialVersionUID = 1L;

  private final byte[] bytes;
  private int at;

  /** The numbers of these bytes. */
  public Program(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  /** Whether there are bytes left. */
  public boolean goesOn() {
    return at < bytes.length;
  }

  @Override
  public void nextBytes(byte[] target) {
    // They are data; they need not use the program up.
  }

  @Override
  protected int next(int bits) {
    int value = 0;
    // Two bytes: most choices are among few.
    for (int i = 0; i < 2; i++) {
      value = value << 8 | (at < bytes.length ? bytes[at++] & 0xff : 0);
    }
    return bits >= 16 ? value << bits - 16 : value >>> 16 - bits;
  }
}
