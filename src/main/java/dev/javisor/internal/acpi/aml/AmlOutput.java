package dev.javisor.internal.acpi.aml;

import java.util.Arrays;

/**
 * The bytes that terms are appended to; numbers are little-endian.
 *
 * <p>Threading: confined to one thread.
 */
public final class AmlOutput {
  private byte[] bytes = new byte[256];
  private int size;

  /** The number of bytes so far. */
  public int size() {
    return size;
  }

  /** A copy of the bytes so far. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** Appends the low 8 bits. */
  public AmlOutput appendByte(int value) {
    return appendLittleEndian(value, 1);
  }

  /** Appends the low 16 bits. */
  public AmlOutput appendWord(int value) {
    return appendLittleEndian(value, 2);
  }

  /** Appends the low 32 bits. */
  public AmlOutput appendDword(long value) {
    return appendLittleEndian(value, 4);
  }

  /** Appends all 64 bits. */
  public AmlOutput appendQword(long value) {
    return appendLittleEndian(value, 8);
  }

  /** Appends bytes as they are. */
  public AmlOutput appendBytes(byte[] values) {
    reserve(values.length);
    System.arraycopy(values, 0, bytes, size, values.length);
    size += values.length;
    return this;
  }

  /** Appends terms, one after the other. */
  public AmlOutput appendTerms(AmlTerm... terms) {
    for (AmlTerm term : terms) {
      term.appendTo(this);
    }
    return this;
  }

  /**
   * Appends a PkgLength in its shortest form, then the terms that it counts.
   *
   * <p>Spec: ACPI 6.5 §20.2.4: the length counts its own one to four bytes; the first byte's upper
   * two bits count the bytes that follow it.
   *
   * @throws IllegalArgumentException if the terms take 256 MiB or more
   */
  public AmlOutput appendPackage(AmlTerm... terms) {
    AmlOutput content = new AmlOutput().appendTerms(terms);
    appendPackageLengthOf(content.size);
    reserve(content.size);
    System.arraycopy(content.bytes, 0, bytes, size, content.size);
    size += content.size;
    return this;
  }

  /**
   * Appends a number in the form of a PkgLength, as field lists have it: there it counts bits, and
   * not its own bytes.
   */
  AmlOutput appendBitCount(int bits) {
    int followers = 0;
    while (bits >= limit(followers)) {
      followers++;
    }
    return appendPackageLength(bits, followers);
  }

  private AmlOutput appendPackageLengthOf(int contentLength) {
    int followers = 0;
    while (followers < 3 && contentLength + 1 + followers >= limit(followers)) {
      followers++;
    }
    int length = contentLength + 1 + followers;
    if (length >= limit(followers)) {
      throw new IllegalArgumentException("an AML package of 0x%x bytes".formatted(length));
    }
    return appendPackageLength(length, followers);
  }

  /** The first length that no longer fits a PkgLength of this many bytes after the first. */
  private static int limit(int followers) {
    return followers == 0 ? 1 << 6 : 1 << (4 + 8 * followers);
  }

  private AmlOutput appendPackageLength(int length, int followers) {
    if (followers == 0) {
      return appendByte(length);
    }
    appendByte((followers << 6) | (length & 0xf));
    return appendLittleEndian(length >>> 4, followers);
  }

  private AmlOutput appendLittleEndian(long value, int width) {
    reserve(width);
    for (int i = 0; i < width; i++) {
      bytes[size++] = (byte) (value >>> (8 * i));
    }
    return this;
  }

  private void reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, Math.multiplyExact(bytes.length, 2)));
    }
  }
}
