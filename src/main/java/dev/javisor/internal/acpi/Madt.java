package dev.javisor.internal.acpi;

import dev.javisor.internal.acpi.aml.AmlOutput;
import java.util.List;

/**
 * The multiple APIC description table: vCPUs and interrupt controllers.
 *
 * <p>A vCPU with an APIC id below 255 gets a local APIC entry, the others get x2APIC entries. Every
 * guest understands the first kind, whereas a Linux built without CONFIG_X86_X2APIC ignores the
 * second and would come up with a single vCPU. Entries of the two kinds never overlap: a Linux that
 * saw a local APIC entry skips x2APIC entries with ids below 255.
 *
 * <p>Spec: ACPI 6.5 §5.2.12; §5.2.12.12 for which entry goes with which APIC id.
 *
 * <p>Not modelled: vCPUs that are absent at first and can be added later.
 */
final class Madt {
  static final int REVISION = 5;

  private static final long LOCAL_APIC_GPA = 0xfee0_0000L;
  private static final long IO_APIC_GPA = 0xfec0_0000L;

  private static final int TYPE_LOCAL_APIC = 0;
  private static final int TYPE_IO_APIC = 1;
  private static final int TYPE_INTERRUPT_SOURCE_OVERRIDE = 2;
  private static final int TYPE_LOCAL_APIC_NMI = 4;
  private static final int TYPE_X2APIC = 9;
  private static final int TYPE_X2APIC_NMI = 10;

  private static final int FIRST_X2APIC_ID = 255;
  private static final int ENABLED = 1;
  private static final int ISA_BUS = 0;
  private static final int SERIAL_IRQ = 4;
  private static final int CONFORMS_TO_BUS = 0;
  private static final int NMI_LINT = 1;

  private Madt() {}

  static AcpiTable table(List<Integer> apicIds) {
    // No PCAT_COMPAT flag: a hardware-reduced machine has no pair of 8259s.
    AmlOutput out = new AmlOutput().appendDword(LOCAL_APIC_GPA).appendDword(0);
    boolean anyX2apic = false;
    for (int uid = 0; uid < apicIds.size(); uid++) {
      int apicId = apicIds.get(uid);
      if (apicId < FIRST_X2APIC_ID) {
        appendLocalApic(out, uid, apicId);
      } else {
        appendX2apic(out, uid, apicId);
        anyX2apic = true;
      }
    }
    out.appendByte(TYPE_IO_APIC).appendByte(12).appendByte(0).appendByte(0);
    out.appendDword(IO_APIC_GPA).appendDword(0);
    out.appendByte(TYPE_INTERRUPT_SOURCE_OVERRIDE).appendByte(10);
    out.appendByte(ISA_BUS).appendByte(SERIAL_IRQ).appendDword(SERIAL_IRQ);
    out.appendWord(CONFORMS_TO_BUS);
    appendNmi(out, anyX2apic);
    return AcpiTable.of("APIC", REVISION, out.toByteArray());
  }

  private static void appendLocalApic(AmlOutput out, int uid, int apicId) {
    out.appendByte(TYPE_LOCAL_APIC).appendByte(8);
    out.appendByte(uid).appendByte(apicId).appendDword(ENABLED);
  }

  private static void appendX2apic(AmlOutput out, int uid, int apicId) {
    out.appendByte(TYPE_X2APIC).appendByte(16).appendWord(0);
    out.appendDword(apicId).appendDword(ENABLED).appendDword(uid);
  }

  /** All vCPUs take NMIs at LINT1, as their local APICs are set up to. */
  private static void appendNmi(AmlOutput out, boolean anyX2apic) {
    out.appendByte(TYPE_LOCAL_APIC_NMI).appendByte(6);
    out.appendByte(0xff).appendWord(CONFORMS_TO_BUS).appendByte(NMI_LINT);
    if (anyX2apic) {
      out.appendByte(TYPE_X2APIC_NMI).appendByte(12);
      out.appendWord(CONFORMS_TO_BUS).appendDword(0xffff_ffffL);
      out.appendByte(NMI_LINT).appendByte(0).appendWord(0);
    }
  }
}
