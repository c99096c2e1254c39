package dev.javisor.internal.net;

import java.util.Random;

/**
 * A MAC address (EUI-48).
 *
 * @param bits its 48 bits, the first byte on the wire highest
 */
public record MacAddress(long bits) {
  /** How many bytes it has. */
  public static final int LENGTH = 6;

  private static final long MULTICAST = 1L << 40;
  private static final long LOCAL_PREFIX = 0x2eL << 40;

  public MacAddress {
    if (bits >>> 48 != 0) {
      throw new IllegalArgumentException("more than 48 bits: 0x%x".formatted(bits));
    }
  }

  /**
   * Reads six pairs of hexadecimal digits with colons between them.
   *
   * @throws IllegalArgumentException saying what is expected
   */
  public static MacAddress parse(String text) {
    if (!text.matches("\\p{XDigit}{2}(:\\p{XDigit}{2}){5}")) {
      throw new IllegalArgumentException("expected six bytes such as 52:54:00:12:34:56");
    }
    return new MacAddress(Long.parseLong(text.replace(":", ""), 16));
  }

  /** An address that was given to nobody: locally administered, the rest by chance. */
  public static MacAddress random(Random random) {
    return new MacAddress(LOCAL_PREFIX | random.nextLong() & 0xff_ffff_ffffL);
  }

  /** The address that these six bytes are. */
  public static MacAddress of(byte[] bytes) {
    long bits = 0;
    for (int i = 0; i < LENGTH; i++) {
      bits = bits << 8 | bytes[i] & 0xff;
    }
    return new MacAddress(bits);
  }

  /** Whether it stands for a group of stations, and so can be no station's own. */
  public boolean isMulticast() {
    return (bits & MULTICAST) != 0;
  }

  /** A byte, from 0, in the order on the wire. */
  public int octet(int index) {
    return (int) (bits >>> 8 * (LENGTH - 1 - index)) & 0xff;
  }

  /** All bytes, in the order on the wire. */
  public byte[] bytes() {
    byte[] bytes = new byte[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      bytes[i] = (byte) octet(i);
    }
    return bytes;
  }

  @Override
  public String toString() {
    return "%02x:%02x:%02x:%02x:%02x:%02x"
        .formatted(octet(0), octet(1), octet(2), octet(3), octet(4), octet(5));
  }
}
