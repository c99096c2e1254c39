package dev.javisor.internal.acpi;

import static dev.javisor.internal.acpi.aml.AmlData.eisaId;
import static dev.javisor.internal.acpi.aml.AmlData.integer;
import static dev.javisor.internal.acpi.aml.AmlData.string;
import static dev.javisor.internal.acpi.aml.AmlObjects.device;
import static dev.javisor.internal.acpi.aml.AmlObjects.name;
import static dev.javisor.internal.acpi.aml.AmlResources.interrupt;
import static dev.javisor.internal.acpi.aml.AmlResources.ioPorts;
import static dev.javisor.internal.acpi.aml.AmlResources.resourceTemplate;

import dev.javisor.internal.acpi.aml.AmlResources.Trigger;
import dev.javisor.internal.acpi.aml.AmlTerm;
import java.util.List;

/** The devices that guests know by their plug-and-play ids, as elements of {@code \_SB}. */
public final class AcpiDevices {
  static final String POWER_BUTTON_PATH = "\\_SB.PWRB";

  private static final int SERIAL_PORTS = 8;
  private static final int RTC_BASE = 0x70;
  private static final int RTC_PORTS = 2;

  private AcpiDevices() {}

  /** The first serial port, COM1: a 16550A with an edge-triggered interrupt. */
  public static AmlTerm serial(int basePort, int gsi) {
    return device(
        "COM1",
        name("_HID", eisaId("PNP0501")),
        name("_UID", integer(0)),
        name("_DDN", string("COM1")),
        name(
            "_CRS",
            resourceTemplate(ioPorts(basePort, SERIAL_PORTS), interrupt(Trigger.EDGE_HIGH, gsi))));
  }

  /**
   * The CMOS RTC at port 0x70 with an alarm interrupt. Linux registers {@code rtc0} for it; told of
   * no interrupt it looks for IRQ 8 on a legacy PIC, which a hardware-reduced machine does not
   * have.
   */
  public static AmlTerm rtc(int gsi) {
    return device(
        "RTC",
        name("_HID", eisaId("PNP0B00")),
        name("_UID", integer(0)),
        name(
            "_CRS",
            resourceTemplate(ioPorts(RTC_BASE, RTC_PORTS), interrupt(Trigger.EDGE_HIGH, gsi))));
  }

  /** The power button; it is pressed by {@link GenericEvents.Handler#powerButton}. */
  public static AmlTerm powerButton() {
    return device("PWRB", name("_HID", eisaId("PNP0C0C")), name("_UID", integer(0)));
  }

  /**
   * What the machine decodes besides what its devices list: the guest's operating system keeps its
   * hands off these ranges when it gives out addresses.
   *
   * @param resources descriptors, such as {@link
   *     dev.javisor.internal.acpi.aml.AmlResources#ioPorts}
   */
  public static AmlTerm motherboard(List<? extends AmlTerm> resources) {
    return device(
        "MBRD",
        name("_HID", eisaId("PNP0C02")),
        name("_UID", integer(0)),
        name("_CRS", resourceTemplate(resources)));
  }
}
