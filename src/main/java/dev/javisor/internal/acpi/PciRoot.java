package dev.javisor.internal.acpi;

import static dev.javisor.internal.acpi.aml.AmlData.eisaId;
import static dev.javisor.internal.acpi.aml.AmlData.integer;
import static dev.javisor.internal.acpi.aml.AmlObjects.device;
import static dev.javisor.internal.acpi.aml.AmlObjects.name;
import static dev.javisor.internal.acpi.aml.AmlResources.dwordMemory;
import static dev.javisor.internal.acpi.aml.AmlResources.ioPorts;
import static dev.javisor.internal.acpi.aml.AmlResources.memory32Fixed;
import static dev.javisor.internal.acpi.aml.AmlResources.qwordMemory;
import static dev.javisor.internal.acpi.aml.AmlResources.resourceTemplate;
import static dev.javisor.internal.acpi.aml.AmlResources.wordBusNumber;

import dev.javisor.internal.acpi.aml.AmlOutput;
import dev.javisor.internal.acpi.aml.AmlResources.Caching;
import dev.javisor.internal.acpi.aml.AmlResources.Usage;
import dev.javisor.internal.acpi.aml.AmlTerm;
import dev.javisor.internal.bus.AddressRange;

/**
 * The PCI host bridge of segment 0, with bus 0 behind it: where configuration space is, and which
 * addresses go to the devices.
 *
 * <p>Spec: ACPI 6.5 §6.4, PCI Firmware 3.3 §4.1.2 (MCFG), §4.1.3 (its reservation by a motherboard
 * resource: Linux trusts nothing else).
 *
 * <p>Not modelled: {@code _PRT}, as no function has an INTx pin; {@code _OSC}, so that the guest
 * leaves hot-plugging, power management and error reporting of PCI Express alone.
 *
 * @param ecam configuration space in memory, 1 MiB
 * @param window32 addresses below 4 GiB that go to devices
 * @param window64 addresses above 4 GiB that go to devices
 */
public record PciRoot(AddressRange ecam, AddressRange window32, AddressRange window64)
    implements AmlTerm {
  private static final int CONFIG_PORTS = 0xcf8;
  private static final int CONFIG_PORTS_SIZE = 8;
  private static final int MCFG_REVISION = 1;
  private static final int BUS = 0;

  @Override
  public void appendTo(AmlOutput out) {
    device(
            "PCI0",
            name("_HID", eisaId("PNP0A08")),
            name("_CID", eisaId("PNP0A03")),
            name("_SEG", integer(0)),
            name("_UID", integer(0)),
            name("_CCA", integer(1)),
            name(
                "_CRS",
                resourceTemplate(
                    wordBusNumber(BUS, BUS),
                    ioPorts(CONFIG_PORTS, CONFIG_PORTS_SIZE),
                    dwordMemory(
                        Usage.PRODUCER, Caching.NON_CACHEABLE, window32.base(), window32.last()),
                    qwordMemory(
                        Usage.PRODUCER, Caching.NON_CACHEABLE, window64.base(), window64.last()))))
        .appendTo(out);
  }

  /** What {@link AcpiDevices#motherboard} must reserve. */
  public AmlTerm reservation() {
    return memory32Fixed(ecam.base(), ecam.size());
  }

  /** The table that tells where configuration space is. */
  public AcpiTable mcfg() {
    AmlOutput body =
        new AmlOutput()
            .appendQword(0)
            .appendQword(ecam.base())
            .appendWord(0)
            .appendByte(BUS)
            .appendByte(BUS)
            .appendDword(0);
    return AcpiTable.of("MCFG", MCFG_REVISION, body.toByteArray());
  }
}
