package dev.javisor.internal.acpi;

import static dev.javisor.internal.acpi.aml.AmlResources.ioPorts;
import static dev.javisor.internal.acpi.aml.AmlResources.qwordMemory;

import dev.javisor.internal.acpi.AcpiImage.PlacedTable;
import dev.javisor.internal.acpi.GenericEvents.Handler;
import dev.javisor.internal.acpi.aml.AmlResources.Caching;
import dev.javisor.internal.acpi.aml.AmlResources.Usage;
import dev.javisor.internal.acpi.aml.AmlTerm;
import dev.javisor.internal.bus.AddressRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A machine's configuration as tests like it, and a look into the tables that come of it. */
final class AcpiFixture {
  static final long BASE = 0xa0000;
  static final int ROOM = 0x50000;
  static final long STATUS_GPA = 0x3fff_fff0_0000L;
  static final int GED_GSI = 5;
  static final PciRoot PCI =
      new PciRoot(
          new AddressRange(0xe800_0000L, 1 << 20),
          new AddressRange(0xc000_0000L, 640L << 20),
          new AddressRange(4L << 30, STATUS_GPA - (4L << 30)));

  private AcpiFixture() {}

  /** A machine with all devices and this many vCPUs, whose APIC ids are their indices. */
  static AcpiConfig machine(int vcpus) {
    return machine(
        IntStream.range(0, vcpus).boxed().toList(), List.of(PCI.mcfg(), Wdat.table(0x620)));
  }

  /** A machine with all devices. */
  static AcpiConfig machine(List<Integer> apicIds, List<AcpiTable> tables) {
    return new AcpiConfig(
        BASE,
        ROOM,
        apicIds,
        new AcpiPorts(0x600, 0x600, 0x608),
        new GenericEvents(STATUS_GPA, GED_GSI, List.of(Handler.powerButton())),
        true,
        devices(),
        tables);
  }

  static List<AmlTerm> devices() {
    return List.of(
        PCI,
        AcpiDevices.serial(0x3f8, 4),
        AcpiDevices.rtc(8),
        AcpiDevices.powerButton(),
        AcpiDevices.motherboard(
            List.of(
                PCI.reservation(),
                ioPorts(0x600, 8),
                ioPorts(0x608, 4),
                qwordMemory(Usage.CONSUMER, Caching.NON_CACHEABLE, STATUS_GPA, STATUS_GPA))));
  }

  /** The bytes of a table of the image. */
  static byte[] table(AcpiImage image, String signature) {
    PlacedTable table = placed(image, signature);
    return slice(image, table.gpa(), table.length());
  }

  /** Where a table of the image is. */
  static PlacedTable placed(AcpiImage image, String signature) {
    return image.tables().stream()
        .filter(candidate -> candidate.signature().equals(signature))
        .findFirst()
        .orElseThrow();
  }

  /** Guest memory, as far as the image reaches. */
  static byte[] slice(AcpiImage image, long gpa, int length) {
    int from = (int) (gpa - image.rsdpGpa());
    return Arrays.copyOfRange(image.bytes(), from, from + length);
  }

  static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static int sum(byte[] bytes) {
    int sum = 0;
    for (byte b : bytes) {
      sum += b;
    }
    return sum & 0xff;
  }
}
