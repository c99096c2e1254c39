package dev.javisor.internal.acpi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A table with the common header: FADT, MADT, and whatever a machine adds (MCFG, SRAT, WDAT).
 *
 * <p>Spec: ACPI 6.5 §5.2.6 (system description table header).
 *
 * <p>Threading: immutable.
 */
public final class AcpiTable {
  /** The size of the header in bytes. */
  public static final int HEADER_SIZE = 36;

  /** Who made the tables: the OEMID of each of them, and of the RSDP. */
  static final String OEM_ID = "JAVISR";

  private static final int OFFSET_CHECKSUM = 9;
  private static final int OEM_REVISION = 1;
  private static final String CREATOR_ID = "JVSR";
  private static final int CREATOR_REVISION = 1;

  private final String signature;
  private final byte[] bytes;

  private AcpiTable(String signature, byte[] bytes) {
    this.signature = signature;
    this.bytes = bytes;
  }

  /**
   * Makes a table.
   *
   * @param signature four ASCII characters, such as {@code MCFG}
   * @param revision the table's own revision, 1 to 255
   * @param body what follows the header
   * @throws IllegalArgumentException if the signature is not four capital letters or digits
   */
  public static AcpiTable of(String signature, int revision, byte[] body) {
    if (!signature.matches("[A-Z0-9]{4}")) {
      throw new IllegalArgumentException("not an ACPI table signature: '" + signature + "'");
    }
    if (revision < 1 || revision > 0xff) {
      throw new IllegalArgumentException("not an ACPI table revision: " + revision);
    }
    ByteBuffer table =
        ByteBuffer.allocate(HEADER_SIZE + body.length).order(ByteOrder.LITTLE_ENDIAN);
    table
        .put(ascii(signature))
        .putInt(table.capacity())
        .put((byte) revision)
        .put((byte) 0)
        .put(ascii(OEM_ID))
        .put(ascii("JV" + signature + "  "))
        .putInt(OEM_REVISION)
        .put(ascii(CREATOR_ID))
        .putInt(CREATOR_REVISION)
        .put(body);
    byte[] bytes = table.array();
    bytes[OFFSET_CHECKSUM] = checksum(bytes, bytes.length);
    return new AcpiTable(signature, bytes);
  }

  /** The four characters by which the guest knows the table. */
  public String signature() {
    return signature;
  }

  /** The length in bytes, header included. */
  public int length() {
    return bytes.length;
  }

  /** The whole table, as it goes into guest memory. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The byte that makes the sum of the first {@code length} bytes 0, where it is 0 so far. */
  static byte checksum(byte[] bytes, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += bytes[i];
    }
    return (byte) -sum;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
