package dev.javisor.internal.acpi;

import static dev.javisor.internal.acpi.aml.AmlData.eisaId;
import static dev.javisor.internal.acpi.aml.AmlData.integer;
import static dev.javisor.internal.acpi.aml.AmlData.string;
import static dev.javisor.internal.acpi.aml.AmlObjects.device;
import static dev.javisor.internal.acpi.aml.AmlObjects.name;

import dev.javisor.internal.acpi.aml.AmlTerm;
import java.util.ArrayList;
import java.util.List;

/**
 * The processors in the DSDT: a container with one device a vCPU, whose {@code _UID} leads to its
 * entry in the MADT.
 *
 * <p>Spec: ACPI 6.5 §8.4 (processor devices), §8.4.3 (processor container).
 *
 * <p>Not modelled: adding and removing processors at run time ({@code _MAT}, {@code _EJ0}).
 */
final class Processors {
  private Processors() {}

  static AmlTerm container(int vcpus) {
    List<AmlTerm> objects = new ArrayList<>();
    objects.add(name("_HID", string("ACPI0010")));
    objects.add(name("_CID", eisaId("PNP0A05")));
    for (int vcpu = 0; vcpu < vcpus; vcpu++) {
      objects.add(
          device(
              "C%03X".formatted(vcpu),
              name("_HID", string("ACPI0007")),
              name("_UID", integer(vcpu))));
    }
    return device("CPUS", objects.toArray(new AmlTerm[0]));
  }
}
