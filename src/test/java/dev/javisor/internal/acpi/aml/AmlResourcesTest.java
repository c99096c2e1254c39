package dev.javisor.internal.acpi.aml;

import static dev.javisor.internal.acpi.aml.AmlHex.hex;
import static dev.javisor.internal.acpi.aml.AmlResources.dwordMemory;
import static dev.javisor.internal.acpi.aml.AmlResources.interrupt;
import static dev.javisor.internal.acpi.aml.AmlResources.ioPorts;
import static dev.javisor.internal.acpi.aml.AmlResources.memory32Fixed;
import static dev.javisor.internal.acpi.aml.AmlResources.qwordMemory;
import static dev.javisor.internal.acpi.aml.AmlResources.register;
import static dev.javisor.internal.acpi.aml.AmlResources.resourceTemplate;
import static dev.javisor.internal.acpi.aml.AmlResources.wordBusNumber;
import static dev.javisor.internal.acpi.aml.AmlResources.wordIo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.javisor.internal.acpi.aml.AmlObjects.RegionSpace;
import dev.javisor.internal.acpi.aml.AmlResources.Caching;
import dev.javisor.internal.acpi.aml.AmlResources.Trigger;
import dev.javisor.internal.acpi.aml.AmlResources.Usage;
import org.junit.jupiter.api.Test;

class AmlResourcesTest {
  @Test
  void shouldEndTemplatesWithAnEndTag() {
    assertEquals("1105" + "0a02" + "7900", hex(resourceTemplate()));
    assertEquals(
        "110d" + "0a0a" + "47" + "01" + "f803" + "f803" + "01" + "08" + "7900",
        hex(resourceTemplate(ioPorts(0x3f8, 8))));
  }

  @Test
  void shouldEncodeInterrupts() {
    assertEquals("890600" + "03" + "01" + "04000000", hex(interrupt(Trigger.EDGE_HIGH, 4)));
    assertEquals("890600" + "01" + "01" + "05000000", hex(interrupt(Trigger.LEVEL_HIGH, 5)));
    assertEquals("890600" + "0d" + "01" + "17000000", hex(interrupt(Trigger.LEVEL_LOW_SHARED, 23)));
  }

  @Test
  void shouldEncodeFixedMemory() {
    assertEquals(
        "860900" + "01" + "000000e8" + "00001000", hex(memory32Fixed(0xe800_0000L, 0x10_0000)));
  }

  @Test
  void shouldEncodeWindowsOfABridge() {
    assertEquals(
        "880d00" + "020c00" + "0000" + "0000" + "0000" + "0000" + "0100", hex(wordBusNumber(0, 0)));
    assertEquals(
        "880d00" + "010c03" + "0000" + "000d" + "ffff" + "0000" + "00f3",
        hex(wordIo(0xd00, 0xffff)));
    assertEquals(
        "871700" + "000c01" + "00000000" + "000000c0" + "ffffffe7" + "00000000" + "00000028",
        hex(dwordMemory(Usage.PRODUCER, Caching.NON_CACHEABLE, 0xc000_0000L, 0xe7ff_ffffL)));
  }

  @Test
  void shouldEncodeMemoryAnywhere() {
    assertEquals(
        "8a2b00"
            + "000d03"
            + "0000000000000000"
            + "0000f0ffff3f0000"
            + "0000f0ffff3f0000"
            + "0000000000000000"
            + "0100000000000000",
        hex(qwordMemory(Usage.CONSUMER, Caching.CACHEABLE, 0x3fff_fff0_0000L, 0x3fff_fff0_0000L)));
  }

  @Test
  void shouldEncodeRegisters() {
    assertEquals(
        "820c00" + "01" + "08" + "00" + "01" + "0006000000000000",
        hex(register(RegionSpace.SYSTEM_IO, 8, 0x600)));
    assertEquals(
        "820c00" + "00" + "40" + "00" + "04" + "0000000001000000",
        hex(register(RegionSpace.SYSTEM_MEMORY, 64, 0x1_0000_0000L)));
  }

  @Test
  void shouldRefuse_whenRangesAreNone() {
    assertThrows(IllegalArgumentException.class, () -> ioPorts(0xffff, 2));
    assertThrows(IllegalArgumentException.class, () -> ioPorts(0, 0));
    assertThrows(IllegalArgumentException.class, () -> ioPorts(0, 256));
    assertThrows(IllegalArgumentException.class, () -> memory32Fixed(0xffff_f000L, 0x2000));
    assertThrows(IllegalArgumentException.class, () -> memory32Fixed(0, 0));
    assertThrows(IllegalArgumentException.class, () -> wordIo(5, 4));
    assertThrows(IllegalArgumentException.class, () -> wordBusNumber(0, 0x10000));
    assertThrows(IllegalArgumentException.class, () -> register(RegionSpace.SYSTEM_IO, 24, 0x600));
  }
}
