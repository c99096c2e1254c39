package dev.javisor.internal.acpi.aml;

import static dev.javisor.internal.acpi.aml.AmlData.integer;
import static dev.javisor.internal.acpi.aml.AmlExpressions.path;
import static dev.javisor.internal.acpi.aml.AmlHex.ascii;
import static dev.javisor.internal.acpi.aml.AmlHex.hex;
import static dev.javisor.internal.acpi.aml.AmlObjects.createDwordField;
import static dev.javisor.internal.acpi.aml.AmlObjects.createQwordField;
import static dev.javisor.internal.acpi.aml.AmlObjects.device;
import static dev.javisor.internal.acpi.aml.AmlObjects.field;
import static dev.javisor.internal.acpi.aml.AmlObjects.method;
import static dev.javisor.internal.acpi.aml.AmlObjects.mutex;
import static dev.javisor.internal.acpi.aml.AmlObjects.name;
import static dev.javisor.internal.acpi.aml.AmlObjects.operationRegion;
import static dev.javisor.internal.acpi.aml.AmlObjects.scope;
import static dev.javisor.internal.acpi.aml.AmlObjects.sequence;
import static dev.javisor.internal.acpi.aml.AmlStatements.returnValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.javisor.internal.acpi.aml.AmlObjects.AccessWidth;
import dev.javisor.internal.acpi.aml.AmlObjects.Concurrency;
import dev.javisor.internal.acpi.aml.AmlObjects.RegionSpace;
import dev.javisor.internal.acpi.aml.AmlObjects.UpdateRule;
import java.util.List;
import org.junit.jupiter.api.Test;

class AmlObjectsTest {
  @Test
  void shouldEncodeScopesAndDevices() {
    AmlTerm inner = name("_UID", integer(0));
    String innerHex = "08" + ascii("_UID") + "00";

    assertEquals("100c" + ascii("\\_SB_") + innerHex, hex(scope("\\_SB", inner)));
    assertEquals("5b82" + "0b" + ascii("PWRB") + innerHex, hex(device("PWRB", inner)));
    assertEquals("5b82" + "05" + ascii("PWRB"), hex(device("PWRB")));
  }

  @Test
  void shouldEncodeSequencesWithoutAnythingAround() {
    assertEquals("000a05", hex(sequence(List.of(integer(0), integer(5)))));
  }

  @Test
  void shouldEncodeMethods() {
    AmlTerm zero = returnValue(integer(0));

    assertEquals(
        "1408" + ascii("_STA") + "00" + "a400",
        hex(method("_STA", 0, Concurrency.NOT_SERIALIZED, zero)));
    assertEquals(
        "1408" + ascii("_EVT") + "09" + "a400",
        hex(method("_EVT", 1, Concurrency.SERIALIZED, zero)));
  }

  @Test
  void shouldRefuseAMethod_whenItHasTooManyArguments() {
    assertThrows(IllegalArgumentException.class, () -> method("FOO", 8, Concurrency.SERIALIZED));
    assertThrows(IllegalArgumentException.class, () -> method("FOO", -1, Concurrency.SERIALIZED));
  }

  @Test
  void shouldEncodeOperationRegions() {
    assertEquals(
        "5b80" + ascii("GDST") + "00" + "0e0000f0ffff3f0000" + "01",
        hex(operationRegion("GDST", RegionSpace.SYSTEM_MEMORY, 0x3fff_fff0_0000L, 1)));
    assertEquals(
        "5b80" + ascii("PORT") + "01" + "0bf80c" + "0a08",
        hex(operationRegion("PORT", RegionSpace.SYSTEM_IO, 0xcf8, 8)));
  }

  @Test
  void shouldEncodeFields() {
    AmlTerm field =
        field(
            "PRST",
            AccessWidth.DWORD,
            UpdateRule.WRITE_AS_ZEROS,
            AmlField.reserved(64),
            AmlField.named("CPEN", 1),
            AmlField.named("CSEL", 32));

    assertEquals(
        "5b81"
            + "13"
            + ascii("PRST")
            + "43"
            + "004004"
            + ascii("CPEN")
            + "01"
            + ascii("CSEL")
            + "20",
        hex(field));
  }

  @Test
  void shouldEncodeTheAccessOfFields() {
    assertEquals(
        "5b81" + "06" + ascii("GDST") + "01",
        hex(field("GDST", AccessWidth.BYTE, UpdateRule.PRESERVE)));
    assertEquals(
        "5b81" + "06" + ascii("GDST") + "20",
        hex(field("GDST", AccessWidth.ANY, UpdateRule.WRITE_AS_ONES)));
  }

  @Test
  void shouldRefuseAField_whenItHasNoBitsOrTooMany() {
    assertThrows(IllegalArgumentException.class, () -> AmlField.named("GDAT", 0));
    assertThrows(IllegalArgumentException.class, () -> AmlField.reserved(1 << 27));
  }

  @Test
  void shouldEncodeMutexes() {
    assertEquals("5b01" + ascii("BLCK") + "00", hex(mutex("BLCK")));
  }

  @Test
  void shouldEncodeFieldsOfBuffers() {
    assertEquals(
        "8a" + ascii("MR64") + "0a12" + ascii("MINH"),
        hex(createDwordField(path("MR64"), 18, "MINH")));
    assertEquals(
        "8f" + ascii("MR64") + "0a0e" + ascii("MINL"),
        hex(createQwordField(path("MR64"), 14, "MINL")));
  }
}
