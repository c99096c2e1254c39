package dev.javisor.internal.acpi.aml;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Data objects: integers, strings, buffers, packages, and what ASL's macros make of them.
 *
 * <p>Spec: ACPI 6.5 §20.2.3 (data objects), §19.6.37 (EISAID), §19.6.142 (ToUUID).
 */
public final class AmlData {
  private static final int ZERO_OP = 0x00;
  private static final int ONE_OP = 0x01;
  private static final int BYTE_PREFIX = 0x0a;
  private static final int WORD_PREFIX = 0x0b;
  private static final int DWORD_PREFIX = 0x0c;
  private static final int STRING_PREFIX = 0x0d;
  private static final int QWORD_PREFIX = 0x0e;
  private static final int BUFFER_OP = 0x11;
  private static final int PACKAGE_OP = 0x12;
  private static final int ONES_OP = 0xff;

  private static final int MAX_PACKAGE_ELEMENTS = 255;
  private static final Pattern EISA_ID = Pattern.compile("[A-Z]{3}[0-9A-F]{4}");

  private AmlData() {}

  /** An unsigned 64-bit integer in its shortest form. */
  public static AmlTerm integer(long value) {
    return out -> {
      if (value == 0) {
        out.appendByte(ZERO_OP);
      } else if (value == 1) {
        out.appendByte(ONE_OP);
      } else if (value == -1) {
        out.appendByte(ONES_OP);
      } else if (value >>> 8 == 0) {
        out.appendByte(BYTE_PREFIX).appendByte((int) value);
      } else if (value >>> 16 == 0) {
        out.appendByte(WORD_PREFIX).appendWord((int) value);
      } else if (value >>> 32 == 0) {
        out.appendByte(DWORD_PREFIX).appendDword(value);
      } else {
        out.appendByte(QWORD_PREFIX).appendQword(value);
      }
    };
  }

  /**
   * A string.
   *
   * @throws IllegalArgumentException if a character is not ASCII, or is NUL
   */
  public static AmlTerm string(String value) {
    if (!value.chars().allMatch(c -> c > 0 && c < 0x80)) {
      throw new IllegalArgumentException("not an AML string: " + value);
    }
    byte[] ascii = value.getBytes(StandardCharsets.US_ASCII);
    return out -> out.appendByte(STRING_PREFIX).appendBytes(ascii).appendByte(0);
  }

  /** A buffer of exactly these bytes. */
  public static AmlTerm buffer(byte[] content) {
    byte[] copy = content.clone();
    return out ->
        out.appendByte(BUFFER_OP)
            .appendPackage(integer(copy.length), data -> data.appendBytes(copy));
  }

  /** A package (a list of data objects or names) of up to 255 elements. */
  public static AmlTerm packageOf(AmlTerm... elements) {
    return packageOf(List.of(elements));
  }

  /**
   * A package (a list of data objects or names).
   *
   * @throws IllegalArgumentException if it has more than 255 elements
   */
  public static AmlTerm packageOf(List<? extends AmlTerm> elements) {
    List<AmlTerm> copy = List.copyOf(elements);
    if (copy.size() > MAX_PACKAGE_ELEMENTS) {
      throw new IllegalArgumentException("an AML package of %d elements".formatted(copy.size()));
    }
    return out ->
        out.appendByte(PACKAGE_OP)
            .appendPackage(count -> count.appendByte(copy.size()), AmlObjects.sequence(copy));
  }

  /**
   * A plug-and-play id such as {@code PNP0501}, compressed to 32 bits.
   *
   * @throws IllegalArgumentException if it is not three capital letters and four hexadecimal digits
   */
  public static AmlTerm eisaId(String id) {
    if (!EISA_ID.matcher(id).matches()) {
      throw new IllegalArgumentException("not an EISA id: " + id);
    }
    int letters = 0;
    for (int i = 0; i < 3; i++) {
      letters = (letters << 5) | (id.charAt(i) - '@');
    }
    int bigEndian = (letters << 16) | Integer.parseInt(id.substring(3), 16);
    return out ->
        out.appendByte(DWORD_PREFIX)
            .appendDword(Integer.toUnsignedLong(Integer.reverseBytes(bigEndian)));
  }

  /** A UUID as a 16-byte buffer: the first three fields little-endian, the rest as written. */
  public static AmlTerm uuid(UUID uuid) {
    long high = uuid.getMostSignificantBits();
    AmlOutput bytes =
        new AmlOutput()
            .appendDword(high >>> 32)
            .appendWord((int) (high >>> 16))
            .appendWord((int) high)
            .appendQword(Long.reverseBytes(uuid.getLeastSignificantBits()));
    return buffer(bytes.toByteArray());
  }
}
