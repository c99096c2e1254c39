package dev.javisor.internal.acpi.aml;

import static dev.javisor.internal.acpi.aml.AmlData.buffer;
import static dev.javisor.internal.acpi.aml.AmlData.eisaId;
import static dev.javisor.internal.acpi.aml.AmlData.integer;
import static dev.javisor.internal.acpi.aml.AmlData.packageOf;
import static dev.javisor.internal.acpi.aml.AmlData.string;
import static dev.javisor.internal.acpi.aml.AmlData.uuid;
import static dev.javisor.internal.acpi.aml.AmlHex.ascii;
import static dev.javisor.internal.acpi.aml.AmlHex.hex;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmlDataTest {
  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 01",
    "2, 0a02",
    "0xff, 0aff",
    "0x100, 0b0001",
    "0xffff, 0bffff",
    "0x10000, 0c00000100",
    "0xffffffff, 0cffffffff",
    "0x100000000, 0e0000000001000000",
    "0x7fffffffffffffff, 0effffffffffffff7f",
    "-2, 0efeffffffffffffff",
    "-1, ff",
  })
  void shouldUseTheShortestForm_whenIntegersGrow(Long value, String expected) {
    assertEquals(expected, hex(integer(value)));
  }

  @Test
  void shouldEndStringsWithNul() {
    assertEquals("0d" + ascii("ACPI0013") + "00", hex(string("ACPI0013")));
    assertEquals("0d00", hex(string("")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\0b", "Ü", "\u0080"})
  void shouldRefuseAString_whenACharacterHasNoPlaceInIt(String value) {
    assertThrows(IllegalArgumentException.class, () -> string(value));
  }

  @Test
  void shouldCountTheBytesOfABuffer() {
    assertEquals("1105" + "0a02" + "abcd", hex(buffer(new byte[] {(byte) 0xab, (byte) 0xcd})));
    assertEquals("1103" + "01" + "21", hex(buffer(new byte[] {0x21})));
    assertEquals("1102" + "00", hex(buffer(new byte[0])));
  }

  @Test
  void shouldNotChange_whenTheCallerReusesItsArray() {
    byte[] bytes = {5};
    AmlTerm buffer = buffer(bytes);

    bytes[0] = 6;

    assertEquals("1103" + "01" + "05", hex(buffer));
  }

  @Test
  void shouldCountTheElementsOfAPackage() {
    assertEquals("1205" + "02" + "0a05" + "00", hex(packageOf(integer(5), integer(0))));
    assertEquals("1202" + "00", hex(packageOf()));
  }

  @Test
  void shouldRefuseAPackage_whenItHasTooManyElements() {
    List<AmlTerm> most = Collections.nCopies(255, integer(0));
    List<AmlTerm> tooMany = Collections.nCopies(256, integer(0));

    assertEquals("12" + "4210" + "ff" + "00".repeat(255), hex(packageOf(most)));
    assertThrows(IllegalArgumentException.class, () -> packageOf(tooMany));
  }

  @Test
  void shouldCompressEisaIds() {
    assertEquals("0c41d00a08", hex(eisaId("PNP0A08")));
    assertEquals("0c41d00501", hex(eisaId("PNP0501")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PNP0A0", "PNP0A088", "pnp0A08", "PNP0a08", "P1P0A08", "ACPI0013"})
  void shouldRefuse_whenItIsNoEisaId(String id) {
    assertThrows(IllegalArgumentException.class, () -> eisaId(id));
  }

  @Test
  void shouldMixTheByteOrderOfUuids() {
    UUID deviceLabeling = UUID.fromString("e5c937d0-3553-4d7a-9117-ea4d19c3434d");

    assertEquals(
        "1113" + "0a10" + "d037c9e5" + "5335" + "7a4d" + "9117ea4d19c3434d",
        hex(uuid(deviceLabeling)));
  }
}
