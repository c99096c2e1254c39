package dev.javisor.internal.acpi;

import static dev.javisor.internal.acpi.AcpiFixture.littleEndian;
import static dev.javisor.internal.acpi.AcpiFixture.sum;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.acpi.AcpiImage.PlacedTable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Walks the tables as a guest does: from the RSDP, with nothing but guest memory. */
class AcpiTablesTest {
  private static final AcpiTable EXTRA = AcpiTable.of("MCFG", 1, new byte[24]);

  private final AcpiImage image =
      AcpiTables.build(AcpiFixture.machine(List.of(0, 1, 2, 3), List.of(EXTRA)));

  private byte[] tableAt(long gpa) {
    int length = littleEndian(AcpiFixture.slice(image, gpa, 8)).getInt(4);
    return AcpiFixture.slice(image, gpa, length);
  }

  private static String signature(byte[] table) {
    return new String(table, 0, 4, StandardCharsets.US_ASCII);
  }

  private List<byte[]> listedInXsdt() {
    byte[] rsdp = AcpiFixture.slice(image, AcpiFixture.BASE, 36);
    ByteBuffer xsdt = littleEndian(tableAt(littleEndian(rsdp).getLong(24)));
    List<byte[]> tables = new ArrayList<>();
    for (int offset = 36; offset < xsdt.capacity(); offset += 8) {
      tables.add(tableAt(xsdt.getLong(offset)));
    }
    return tables;
  }

  @Test
  void shouldStartWithTheRsdp() {
    byte[] rsdp = AcpiFixture.slice(image, AcpiFixture.BASE, 36);

    assertEquals("RSD PTR ", new String(rsdp, 0, 8, StandardCharsets.US_ASCII));
    assertEquals(0, sum(Arrays.copyOf(rsdp, 20)));
    assertEquals(0, sum(rsdp));
    assertEquals("JAVISR", new String(rsdp, 9, 6, StandardCharsets.US_ASCII));
    assertEquals(2, rsdp[15]);
    assertEquals(0, littleEndian(rsdp).getInt(16), "no RSDT");
    assertEquals(36, littleEndian(rsdp).getInt(20));
  }

  @Test
  void shouldListAllTablesButTheDsdtInTheXsdt() {
    assertEquals(
        List.of("FACP", "APIC", "MCFG"), listedInXsdt().stream().map(t -> signature(t)).toList());
  }

  @Test
  void shouldLeadFromTheFadtToTheDsdt() {
    ByteBuffer fadt = littleEndian(listedInXsdt().get(0));

    byte[] dsdt = tableAt(fadt.getLong(140));

    assertEquals("DSDT", signature(dsdt));
    assertEquals(2, dsdt[8], "the interpreter computes with 64 bits");
  }

  @Test
  void shouldSumUpToZero_inEveryTable() {
    for (PlacedTable placed : image.tables()) {
      byte[] table = tableAt(placed.gpa());

      assertEquals(placed.length(), table.length);
      assertEquals(placed.signature(), signature(table));
      assertEquals(0, sum(table), placed.signature());
    }
    assertEquals(5, image.tables().size());
  }

  @Test
  void shouldKeepTablesApartAndAligned() {
    long end = AcpiFixture.BASE + 36;
    for (PlacedTable placed : image.tables()) {
      assertTrue(placed.gpa() >= end, placed.toString());
      assertEquals(0, placed.gpa() % 16, placed.toString());
      end = placed.gpa() + placed.length();
    }
    assertTrue(end <= AcpiFixture.BASE + image.bytes().length);
  }

  @Test
  void shouldFitBelowTheSmbiosTables_withAsManyVcpusAsCanBe() {
    AcpiImage largest = AcpiTables.build(AcpiFixture.machine(AcpiConfig.MAX_VCPUS));

    assertTrue(AcpiFixture.BASE + largest.bytes().length <= 0xf0000);
  }
}
