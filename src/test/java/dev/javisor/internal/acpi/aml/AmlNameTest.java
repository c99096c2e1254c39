package dev.javisor.internal.acpi.aml;

import static dev.javisor.internal.acpi.aml.AmlHex.ascii;
import static dev.javisor.internal.acpi.aml.AmlHex.hex;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AmlNameTest {
  @Test
  void shouldFillUpWithUnderscores_whenASegmentIsShort() {
    assertEquals(ascii("GED_"), hex(AmlName.path("GED")));
    assertEquals(ascii("_S5_"), hex(AmlName.path("_S5")));
    assertEquals(ascii("COM1"), hex(AmlName.path("COM1")));
  }

  @Test
  void shouldPrefixTheSegments_whenThereAreSeveral() {
    assertEquals(ascii("\\") + "2e" + ascii("_SB_PWRB"), hex(AmlName.path("\\_SB.PWRB")));
    assertEquals("2f03" + ascii("_SB_PC00S001"), hex(AmlName.path("_SB.PC00.S001")));
  }

  @Test
  void shouldKeepTheRootAndTheParents_whenThePathStartsThere() {
    assertEquals(ascii("\\") + "00", hex(AmlName.path("\\")));
    assertEquals(ascii("^") + "00", hex(AmlName.path("^")));
    assertEquals(ascii("^^GED_"), hex(AmlName.path("^^GED")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "com1", "1COM", "TOOLONG", "A.", ".A", "A..B", "\\^A", "A\\B", "A^B", "Ä", "A "
      })
  void shouldRefuse_whenItIsNoPath(String path) {
    assertThrows(IllegalArgumentException.class, () -> AmlName.path(path));
  }

  @Test
  void shouldRefuse_whenASegmentHasAPrefix() {
    assertThrows(IllegalArgumentException.class, () -> AmlName.segment("\\GDAT"));
    assertThrows(IllegalArgumentException.class, () -> AmlName.segment("A.B"));
  }
}
