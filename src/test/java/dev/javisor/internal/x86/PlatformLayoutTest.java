package dev.javisor.internal.x86;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.bus.AddressRange;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlatformLayoutTest {
  @Test
  void shouldKeepRangesInOrderAndApart_whenInMemory() {
    assertOrderedAndDisjoint(
        List.of(
            new AddressRange(PlatformLayout.EBDA_POINTER, 2),
            new AddressRange(PlatformLayout.BOOT_GDT, 32),
            new AddressRange(PlatformLayout.BOOT_IDT, 8),
            new AddressRange(PlatformLayout.PVH_START_INFO, 56),
            new AddressRange(PlatformLayout.PVH_MODULE_LIST, 32),
            new AddressRange(PlatformLayout.ZERO_PAGE, 4096),
            new AddressRange(0x8000, PlatformLayout.BOOT_STACK_POINTER - 0x8000),
            new AddressRange(PlatformLayout.CMDLINE, PlatformLayout.CMDLINE_SIZE),
            new AddressRange(PlatformLayout.RSDP, PlatformLayout.SMBIOS - PlatformLayout.RSDP),
            new AddressRange(PlatformLayout.SMBIOS, 0x10000),
            new AddressRange(
                PlatformLayout.HIGH_RAM,
                PlatformLayout.PCI_MMIO_32.base() - PlatformLayout.HIGH_RAM),
            PlatformLayout.PCI_MMIO_32,
            PlatformLayout.ECAM,
            PlatformLayout.KVM_TSS,
            PlatformLayout.KVM_IDENTITY_MAP,
            PlatformLayout.IOAPIC,
            PlatformLayout.TPM,
            PlatformLayout.LOCAL_APIC,
            new AddressRange(PlatformLayout.RAM_64, 1)));
  }

  @Test
  void shouldKeepRangesInOrderAndApart_whenPorts() {
    assertOrderedAndDisjoint(
        List.of(
            PlatformLayout.I8042,
            PlatformLayout.CMOS,
            PlatformLayout.DEBUG_PORT,
            PlatformLayout.DEBUG_CONSOLE,
            PlatformLayout.COM1,
            PlatformLayout.FIRMWARE_DEBUG_PORT,
            PlatformLayout.FW_CFG,
            PlatformLayout.ACPI_SHUTDOWN,
            PlatformLayout.PM_TIMER,
            PlatformLayout.PCI_CONFIG_PORTS));
  }

  @Test
  void shouldLeaveNoGap_whenDevicesBelow4GiBMeet() {
    assertEquals(0xc000_0000L, PlatformLayout.PCI_MMIO_32.base());
    assertEquals(PlatformLayout.ECAM.base(), PlatformLayout.PCI_MMIO_32.last() + 1);
    assertEquals(PlatformLayout.KVM_TSS.base(), PlatformLayout.ECAM.last() + 1);
    assertEquals(PlatformLayout.KVM_IDENTITY_MAP.base(), PlatformLayout.KVM_TSS.last() + 1);
  }

  @Test
  void shouldCoverEveryStructure_whenBootStructuresAreAskedFor() {
    List<AddressRange> structures = PlatformLayout.bootStructures();

    for (long gpa :
        new long[] {
          PlatformLayout.BOOT_GDT,
          PlatformLayout.BOOT_IDT + 7,
          PlatformLayout.PVH_START_INFO,
          PlatformLayout.ZERO_PAGE + 4095,
          PlatformLayout.CMDLINE + PlatformLayout.CMDLINE_SIZE - 1,
          PlatformLayout.RSDP,
          PlatformLayout.HIGH_RAM - 1
        }) {
      assertTrue(structures.stream().anyMatch(s -> s.contains(gpa)), () -> Long.toHexString(gpa));
    }
    assertTrue(structures.stream().noneMatch(s -> s.contains(PlatformLayout.HIGH_RAM)));
  }

  private static void assertOrderedAndDisjoint(List<AddressRange> ranges) {
    for (int i = 1; i < ranges.size(); i++) {
      AddressRange lower = ranges.get(i - 1);
      AddressRange upper = ranges.get(i);
      assertTrue(lower.last() < upper.base(), () -> lower + " is not below " + upper);
    }
  }
}
