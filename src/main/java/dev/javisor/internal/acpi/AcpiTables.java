package dev.javisor.internal.acpi;

import dev.javisor.internal.acpi.AcpiImage.PlacedTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the tables of a machine together: RSDP, DSDT, FADT, MADT, what the configuration adds, and
 * the XSDT that lists them.
 *
 * <p>Spec: ACPI 6.5 §5.2.5 (RSDP), §5.2.8 (XSDT).
 */
public final class AcpiTables {
  private static final int RSDP_SIZE = 36;
  private static final int RSDP_V1_SIZE = 20;
  private static final int RSDP_REVISION = 2;
  private static final int RSDP_OFFSET_CHECKSUM = 8;
  private static final int RSDP_OFFSET_EXTENDED_CHECKSUM = 32;
  private static final int XSDT_REVISION = 1;

  /** More than any table asks for. */
  private static final int ALIGNMENT = 16;

  private final long baseGpa;
  private final List<AcpiTable> tables = new ArrayList<>();
  private final List<PlacedTable> placed = new ArrayList<>();
  private long nextGpa;

  private AcpiTables(long baseGpa) {
    this.baseGpa = baseGpa;
    this.nextGpa = align(baseGpa + RSDP_SIZE);
  }

  /**
   * Builds the tables.
   *
   * @throws IllegalArgumentException if they take more room than there is
   */
  public static AcpiImage build(AcpiConfig config) {
    AcpiTables layout = new AcpiTables(config.baseGpa());
    long dsdtGpa = layout.place(Dsdt.table(config));
    List<Long> listed = new ArrayList<>();
    listed.add(layout.place(Fadt.table(config, dsdtGpa)));
    listed.add(layout.place(Madt.table(config.apicIds())));
    config.tables().forEach(table -> listed.add(layout.place(table)));
    long xsdtGpa = layout.place(xsdt(listed));
    return layout.image(xsdtGpa, config.maxSize());
  }

  private long place(AcpiTable table) {
    long gpa = nextGpa;
    tables.add(table);
    placed.add(new PlacedTable(table.signature(), gpa, table.length()));
    nextGpa = align(gpa + table.length());
    return gpa;
  }

  private AcpiImage image(long xsdtGpa, int maxSize) {
    long size = nextGpa - baseGpa;
    if (size > maxSize) {
      throw new IllegalArgumentException(
          "the ACPI tables take 0x%x bytes, but there is room for 0x%x".formatted(size, maxSize));
    }
    ByteBuffer image = ByteBuffer.allocate((int) size);
    image.put(rsdp(xsdtGpa));
    for (int i = 0; i < tables.size(); i++) {
      image.position((int) (placed.get(i).gpa() - baseGpa)).put(tables.get(i).bytes());
    }
    return new AcpiImage(baseGpa, image.array(), placed);
  }

  private static AcpiTable xsdt(List<Long> gpas) {
    ByteBuffer body = ByteBuffer.allocate(8 * gpas.size()).order(ByteOrder.LITTLE_ENDIAN);
    gpas.forEach(body::putLong);
    return AcpiTable.of("XSDT", XSDT_REVISION, body.array());
  }

  private static byte[] rsdp(long xsdtGpa) {
    ByteBuffer rsdp = ByteBuffer.allocate(RSDP_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    rsdp.put(AcpiTable.ascii("RSD PTR "))
        .put((byte) 0)
        .put(AcpiTable.ascii(AcpiTable.OEM_ID))
        .put((byte) RSDP_REVISION)
        .putInt(0)
        .putInt(RSDP_SIZE)
        .putLong(xsdtGpa);
    byte[] bytes = rsdp.array();
    bytes[RSDP_OFFSET_CHECKSUM] = AcpiTable.checksum(bytes, RSDP_V1_SIZE);
    bytes[RSDP_OFFSET_EXTENDED_CHECKSUM] = AcpiTable.checksum(bytes, RSDP_SIZE);
    return bytes;
  }

  private static long align(long gpa) {
    return (gpa + ALIGNMENT - 1) & -ALIGNMENT;
  }
}
