package dev.javisor.internal.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.acpi.GenericEvents.Handler;
import dev.javisor.internal.acpi.aml.AmlData;
import java.util.List;
import org.junit.jupiter.api.Test;

class AcpiConfigTest {
  private static AcpiConfig at(long baseGpa, int room, List<Integer> apicIds) {
    AcpiConfig config = AcpiFixture.machine(1);
    return new AcpiConfig(
        baseGpa, room, apicIds, config.ports(), config.events(), true, List.of(), List.of());
  }

  @Test
  void shouldRefuse_whenTheRsdpWouldNotBeFound() {
    assertThrows(IllegalArgumentException.class, () -> at(0xa0008, 0x50000, List.of(0)));
  }

  @Test
  void shouldRefuse_whenApicIdsDoNotAscend() {
    assertThrows(IllegalArgumentException.class, () -> at(0xa0000, 0x50000, List.of(0, 0)));
    assertThrows(IllegalArgumentException.class, () -> at(0xa0000, 0x50000, List.of(1, 0)));
    assertThrows(IllegalArgumentException.class, () -> at(0xa0000, 0x50000, List.of(-1)));
  }

  @Test
  void shouldRefuse_whenThereAreNoVcpusOrTooMany() {
    assertThrows(IllegalArgumentException.class, () -> AcpiFixture.machine(0));
    assertEquals(4096, AcpiFixture.machine(4096).apicIds().size());
    assertThrows(IllegalArgumentException.class, () -> AcpiFixture.machine(4097));
  }

  @Test
  void shouldRefuse_whenTheTablesNeedMoreRoom() {
    AcpiConfig tooSmall = at(0xa0000, 0x100, List.of(0));

    Exception refusal =
        assertThrows(IllegalArgumentException.class, () -> AcpiTables.build(tooSmall));

    assertTrue(refusal.toString().contains("room for 0x100"), refusal.toString());
  }

  @Test
  void shouldRefuse_whenAPortIsOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> new AcpiPorts(0x10000, 0x600, 0x608));
    assertThrows(IllegalArgumentException.class, () -> new AcpiPorts(0x600, -1, 0x608));
    assertThrows(IllegalArgumentException.class, () -> new AcpiPorts(0x600, 0x600, 0xfffd));
  }

  @Test
  void shouldRefuseAHandler_whenItIsNotForOneBit() {
    assertThrows(IllegalArgumentException.class, () -> new Handler(3, AmlData.integer(0)));
    assertThrows(IllegalArgumentException.class, () -> new Handler(0, AmlData.integer(0)));
    assertThrows(IllegalArgumentException.class, () -> new Handler(0x100, AmlData.integer(0)));
  }
}
