package dev.javisor.internal.acpi;

import static dev.javisor.internal.acpi.aml.AmlData.integer;
import static dev.javisor.internal.acpi.aml.AmlData.packageOf;
import static dev.javisor.internal.acpi.aml.AmlObjects.name;
import static dev.javisor.internal.acpi.aml.AmlObjects.scope;
import static dev.javisor.internal.acpi.aml.AmlObjects.sequence;

import dev.javisor.internal.acpi.aml.AmlOutput;
import dev.javisor.internal.acpi.aml.AmlTerm;
import java.util.ArrayList;
import java.util.List;

/**
 * The differentiated system description table: the devices of the machine, in AML.
 *
 * <p>Spec: ACPI 6.5 §5.2.11.1.
 */
final class Dsdt {
  /** From revision 2 on, the guest's interpreter computes with 64 bits. */
  private static final int REVISION = 2;

  private Dsdt() {}

  static AcpiTable table(AcpiConfig config) {
    List<AmlTerm> systemBus = new ArrayList<>();
    systemBus.add(Processors.container(config.apicIds().size()));
    systemBus.add(config.events());
    systemBus.addAll(config.devices());
    AmlTerm sleepType = integer(AcpiPorts.SLEEP_TYPE_S5);
    byte[] body =
        new AmlOutput()
            .appendTerms(
                name("_S5", packageOf(sleepType, sleepType, integer(0), integer(0))),
                scope("\\_SB", sequence(systemBus)))
            .toByteArray();
    return AcpiTable.of("DSDT", REVISION, body);
  }
}
