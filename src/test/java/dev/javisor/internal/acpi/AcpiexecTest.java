package dev.javisor.internal.acpi;

import static dev.javisor.internal.acpi.aml.AmlExpressions.call;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.acpi.GenericEvents.Handler;
import dev.javisor.internal.acpi.aml.AmlObjects;
import dev.javisor.internal.acpi.aml.AmlObjects.Concurrency;
import dev.javisor.internal.acpi.aml.AmlTerm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the DSDT in ACPICA's interpreter, the one that Linux has. */
class AcpiexecTest {
  private static final String EVENT = "execute \\_SB.GED._EVT " + AcpiFixture.GED_GSI;
  private static final String PRESSED = "Received a Device Notify on [PWRB]";

  private final Acpica acpica;

  AcpiexecTest(@TempDir Path folder) {
    acpica = new Acpica(folder);
  }

  private static byte[] dsdt(AcpiConfig config) {
    return AcpiFixture.table(AcpiTables.build(config), "DSDT");
  }

  @Test
  void shouldNotifyThePowerButton_whenItsBitIsSet() {
    byte[] dsdt = dsdt(AcpiFixture.machine(1));

    String said = acpica.execute(dsdt, GenericEvents.POWER_BUTTON, EVENT);

    assertTrue(said.contains(PRESSED), said);
    assertTrue(said.contains("Value 0x80"), said);
  }

  @Test
  void shouldNotifyNobody_whenOnlyOtherBitsAreSet() {
    byte[] dsdt = dsdt(AcpiFixture.machine(1));

    String said = acpica.execute(dsdt, 0xff & ~GenericEvents.POWER_BUTTON, EVENT);

    assertFalse(said.contains(PRESSED), said);
  }

  @Test
  void shouldDoAllThatIsPending_whenHandlersWereAdded() {
    AcpiConfig base = AcpiFixture.machine(1);
    AmlTerm scan =
        AmlObjects.method("CSCN", 0, Concurrency.SERIALIZED, Handler.powerButton().action());
    Handler cpus = new Handler(GenericEvents.CPU_CHANGED, call("\\_SB.CSCN"));
    AcpiConfig config =
        new AcpiConfig(
            base.baseGpa(),
            base.maxSize(),
            base.apicIds(),
            base.ports(),
            new GenericEvents(AcpiFixture.STATUS_GPA, 5, List.of(cpus, Handler.powerButton())),
            true,
            List.of(scan, AcpiDevices.powerButton()),
            List.of());

    String said = acpica.execute(dsdt(config), 0x9, EVENT);

    assertTrue(said.split("\\[PWRB\\]", -1).length == 3, said);
  }

  @Test
  void shouldLoadAndEvaluate_withHundredsOfVcpus() {
    byte[] dsdt = dsdt(AcpiFixture.machine(300));

    String said =
        acpica.execute(
            dsdt, 0, "execute \\_S5", "execute \\_SB.COM1._CRS", "execute \\_SB.CPUS.C12B._UID");

    assertTrue(said.contains("[Integer] = 0000000000000005"), said);
    assertTrue(said.contains("47 01 F8 03 F8 03 01 08"), said);
    assertTrue(said.contains("[Integer] = 000000000000012B"), said);
  }
}
