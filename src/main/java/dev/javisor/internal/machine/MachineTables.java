package dev.javisor.internal.machine;

import static dev.javisor.internal.acpi.aml.AmlResources.ioPorts;
import static dev.javisor.internal.acpi.aml.AmlResources.qwordMemory;

import dev.javisor.internal.acpi.AcpiConfig;
import dev.javisor.internal.acpi.AcpiDevices;
import dev.javisor.internal.acpi.AcpiImage;
import dev.javisor.internal.acpi.AcpiPorts;
import dev.javisor.internal.acpi.AcpiTable;
import dev.javisor.internal.acpi.AcpiTables;
import dev.javisor.internal.acpi.GenericEvents;
import dev.javisor.internal.acpi.PciRoot;
import dev.javisor.internal.acpi.Wdat;
import dev.javisor.internal.acpi.aml.AmlResources.Caching;
import dev.javisor.internal.acpi.aml.AmlResources.Usage;
import dev.javisor.internal.acpi.aml.AmlTerm;
import dev.javisor.internal.legacy.LegacyDevices;
import dev.javisor.internal.x86.PlatformLayout;
import java.util.ArrayList;
import java.util.List;

/** Describes this machine in ACPI tables. */
final class MachineTables {
  private MachineTables() {}

  /**
   * Builds the tables.
   *
   * @param apicIds the vCPUs' APIC ids
   * @param serial whether there is a serial port
   * @param watchdog whether there is a watchdog
   */
  static AcpiImage build(
      MachineLayout layout, List<Integer> apicIds, boolean serial, boolean watchdog) {
    int shutdown = (int) PlatformLayout.ACPI_SHUTDOWN.base();
    AcpiPorts ports = new AcpiPorts(shutdown, shutdown, (int) PlatformLayout.PM_TIMER.base());
    GenericEvents events =
        new GenericEvents(
            layout.genericEvents().base(),
            Devices.GENERIC_EVENTS_PIN,
            List.of(GenericEvents.Handler.powerButton()));
    PciRoot pci = new PciRoot(Devices.ECAM, PlatformLayout.PCI_MMIO_32, layout.pciWindow64());
    List<AmlTerm> devices = new ArrayList<>();
    devices.add(pci);
    if (serial) {
      devices.add(AcpiDevices.serial((int) PlatformLayout.COM1.base(), PlatformLayout.COM1_PIN));
    }
    devices.addAll(
        List.of(
            AcpiDevices.rtc(Devices.RTC_PIN),
            AcpiDevices.powerButton(),
            AcpiDevices.motherboard(
                List.of(
                    pci.reservation(),
                    ioPorts(shutdown, 1),
                    ioPorts(ports.pmTimer(), LegacyDevices.PM_TIMER_SIZE),
                    qwordMemory(
                        Usage.CONSUMER,
                        Caching.NON_CACHEABLE,
                        layout.genericEvents().base(),
                        layout.genericEvents().last())))));
    List<AcpiTable> tables = new ArrayList<>(List.of(pci.mcfg()));
    if (watchdog) {
      tables.add(Wdat.table((int) PlatformLayout.WATCHDOG.base()));
    }
    int room = (int) (PlatformLayout.SMBIOS - PlatformLayout.RSDP);
    return AcpiTables.build(
        new AcpiConfig(PlatformLayout.RSDP, room, apicIds, ports, events, true, devices, tables));
  }
}
