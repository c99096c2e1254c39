package dev.javisor.internal.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class AcpiTableTest {
  @Test
  void shouldPutTheHeaderBeforeTheBody() {
    AcpiTable table = AcpiTable.of("MCFG", 3, new byte[] {1, 2, 3});

    assertEquals(
        "4d434647" // MCFG
            + "27000000"
            + "03"
            + "a0" // checksum
            + "4a4156495352" // JAVISR
            + "4a564d4346472020" // JVMCFG
            + "01000000"
            + "4a565352" // JVSR
            + "01000000"
            + "010203",
        HexFormat.of().formatHex(table.bytes()));
    assertEquals(39, table.length());
    assertEquals(0, AcpiFixture.sum(table.bytes()));
  }

  @Test
  void shouldRefuse_whenTheHeaderCannotHoldIt() {
    assertThrows(IllegalArgumentException.class, () -> AcpiTable.of("MCF", 1, new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> AcpiTable.of("mcfg", 1, new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> AcpiTable.of("MCFG", 0, new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> AcpiTable.of("MCFG", 256, new byte[0]));
  }
}
