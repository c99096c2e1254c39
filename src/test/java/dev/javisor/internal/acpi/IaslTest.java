package dev.javisor.internal.acpi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever we write, iasl reads, and makes the same bytes of it again. */
class IaslTest {
  private final Acpica acpica;

  IaslTest(@TempDir Path folder) {
    acpica = new Acpica(folder);
  }

  private void assertRoundTrip(byte[] table) {
    byte[] again = acpica.compile(acpica.disassemble(table));

    assertArrayEquals(Acpica.withoutCompiler(table), Acpica.withoutCompiler(again));
  }

  @ParameterizedTest
  @ValueSource(strings = {"XSDT", "FACP", "APIC", "MCFG", "WDAT", "DSDT"})
  void shouldRoundTrip_everyTable(String signature) {
    AcpiImage image = AcpiTables.build(AcpiFixture.machine(4));

    assertRoundTrip(AcpiFixture.table(image, signature));
  }

  /** The RSDP has no common header, and iasl does not disassemble it; but it compiles one. */
  @Test
  void shouldCompileToTheSame_theRsdp() {
    AcpiImage image = AcpiTables.build(AcpiFixture.machine(1));
    long xsdtGpa = AcpiFixture.placed(image, "XSDT").gpa();

    byte[] compiled =
        acpica.compile(
            """
            Signature : "RSD PTR "
            Checksum : 00
            Oem ID : "JAVISR"
            Revision : 02
            RSDT Address : 00000000
            Length : 00000024
            XSDT Address : %016x
            Extended Checksum : 00
            Reserved : 000000
            """
                .formatted(xsdtGpa));

    assertArrayEquals(compiled, AcpiFixture.slice(image, AcpiFixture.BASE, 36));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 254, 255, 256, 1024})
  void shouldRoundTrip_withManyVcpus(int vcpus) {
    AcpiImage image = AcpiTables.build(AcpiFixture.machine(vcpus));

    assertRoundTrip(AcpiFixture.table(image, "APIC"));
    assertRoundTrip(AcpiFixture.table(image, "DSDT"));
  }

  @Test
  void shouldRoundTrip_withSparseApicIds() {
    List<Integer> apicIds = IntStream.range(0, 200).map(i -> 3 * i).boxed().toList();
    AcpiImage image = AcpiTables.build(AcpiFixture.machine(apicIds, List.of()));

    assertRoundTrip(AcpiFixture.table(image, "APIC"));
  }
}
