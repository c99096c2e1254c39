package dev.javisor.internal.acpi;

import dev.javisor.internal.acpi.aml.AmlTerm;
import java.util.List;

/**
 * What the tables tell the guest.
 *
 * <p>A device that is not part of every machine adds itself by an element of {@code devices} (AML
 * within {@code \_SB}), by one of {@code events} if it has something to tell the guest at run time,
 * and by one of {@code tables} if it has a table of its own.
 *
 * @param baseGpa where the RSDP lies, at a multiple of 16; the other tables follow
 * @param maxSize how much room there is from there on, in bytes
 * @param apicIds the APIC id of each vCPU, in the order of the vCPUs' indices, strictly ascending;
 *     the ACPI processor UID of a vCPU is its index
 * @param ports the fixed registers
 * @param events the generic event device
 * @param rtcPresent whether there is a CMOS RTC; where there is none, the guest is told so
 * @param devices AML to stand in {@code \_SB}, such as {@link AcpiDevices#serial}
 * @param tables further tables
 */
public record AcpiConfig(
    long baseGpa,
    int maxSize,
    List<Integer> apicIds,
    AcpiPorts ports,
    GenericEvents events,
    boolean rtcPresent,
    List<AmlTerm> devices,
    List<AcpiTable> tables) {
  /** More vCPUs than this have no names in the DSDT. */
  static final int MAX_VCPUS = 4096;

  public AcpiConfig {
    if (baseGpa < 0 || baseGpa % 16 != 0) {
      throw new IllegalArgumentException(
          "baseGpa must be a multiple of 16, not 0x%x".formatted(baseGpa));
    }
    apicIds = List.copyOf(apicIds);
    devices = List.copyOf(devices);
    tables = List.copyOf(tables);
    if (apicIds.isEmpty() || apicIds.size() > MAX_VCPUS) {
      throw new IllegalArgumentException(
          "apicIds must have 1 to %d elements, not %d".formatted(MAX_VCPUS, apicIds.size()));
    }
    int previous = -1;
    for (int apicId : apicIds) {
      if (apicId <= previous) {
        throw new IllegalArgumentException(
            "apicIds must ascend, but %d follows %d".formatted(apicId, previous));
      }
      previous = apicId;
    }
  }
}
