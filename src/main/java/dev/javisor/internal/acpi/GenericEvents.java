package dev.javisor.internal.acpi;

import static dev.javisor.internal.acpi.aml.AmlData.integer;
import static dev.javisor.internal.acpi.aml.AmlData.string;
import static dev.javisor.internal.acpi.aml.AmlExpressions.bitAnd;
import static dev.javisor.internal.acpi.aml.AmlExpressions.local;
import static dev.javisor.internal.acpi.aml.AmlExpressions.path;
import static dev.javisor.internal.acpi.aml.AmlObjects.device;
import static dev.javisor.internal.acpi.aml.AmlObjects.field;
import static dev.javisor.internal.acpi.aml.AmlObjects.method;
import static dev.javisor.internal.acpi.aml.AmlObjects.name;
import static dev.javisor.internal.acpi.aml.AmlObjects.operationRegion;
import static dev.javisor.internal.acpi.aml.AmlResources.interrupt;
import static dev.javisor.internal.acpi.aml.AmlResources.resourceTemplate;
import static dev.javisor.internal.acpi.aml.AmlStatements.notifyDevice;
import static dev.javisor.internal.acpi.aml.AmlStatements.store;
import static dev.javisor.internal.acpi.aml.AmlStatements.when;

import dev.javisor.internal.acpi.aml.AmlField;
import dev.javisor.internal.acpi.aml.AmlObjects.AccessWidth;
import dev.javisor.internal.acpi.aml.AmlObjects.Concurrency;
import dev.javisor.internal.acpi.aml.AmlObjects.RegionSpace;
import dev.javisor.internal.acpi.aml.AmlObjects.UpdateRule;
import dev.javisor.internal.acpi.aml.AmlOutput;
import dev.javisor.internal.acpi.aml.AmlResources.Trigger;
import dev.javisor.internal.acpi.aml.AmlTerm;
import java.util.ArrayList;
import java.util.List;

/**
 * The generic event device (GED): one edge-triggered interrupt, and one byte of MMIO that says what
 * happened. A read of that byte returns and clears all events that are pending.
 *
 * <p>The guest's interpreter reads the byte once an interrupt and then acts on each bit that it
 * found set. The register stands in a resource of {@link AcpiDevices#motherboard}, not in the GED's
 * own, where Linux accepts nothing but interrupts.
 *
 * <p>Spec: ACPI 6.5 §5.6.9 (interrupt-signalled events).
 *
 * @param statusGpa where the status byte is
 * @param gsi the interrupt
 * @param handlers what to do for which bit
 */
public record GenericEvents(long statusGpa, int gsi, List<Handler> handlers) implements AmlTerm {
  /** The bit of a change of the processors' number. */
  public static final int CPU_CHANGED = 1;

  /** The bit of a change of the memory's size. */
  public static final int MEMORY_CHANGED = 1 << 1;

  /** The bit of a PCI device that came or shall go. */
  public static final int PCI_CHANGED = 1 << 2;

  /** The bit of the power button. */
  public static final int POWER_BUTTON = 1 << 3;

  private static final int STATUS_BYTES = 1;
  private static final int NOTIFY_BUTTON_PRESSED = 0x80;

  public GenericEvents {
    handlers = List.copyOf(handlers);
  }

  /**
   * What the guest does when it finds a bit set.
   *
   * @param bit one bit of the status byte
   * @param action a statement, such as a notification or a call
   */
  public record Handler(int bit, AmlTerm action) {
    public Handler {
      if (Integer.bitCount(bit) != 1 || bit > 0x80 || bit < 0) {
        throw new IllegalArgumentException("not one bit of a byte: 0x%x".formatted(bit));
      }
    }

    /** Tells the driver of {@link AcpiDevices#powerButton} that it was pressed. */
    public static Handler powerButton() {
      return new Handler(
          POWER_BUTTON,
          notifyDevice(AcpiDevices.POWER_BUTTON_PATH, integer(NOTIFY_BUTTON_PRESSED)));
    }
  }

  @Override
  public void appendTo(AmlOutput out) {
    List<AmlTerm> statements = new ArrayList<>();
    statements.add(store(path("GDAT"), local(0)));
    for (Handler handler : handlers) {
      statements.add(when(bitAnd(local(0), integer(handler.bit())), handler.action()));
    }
    device(
            "GED",
            name("_HID", string("ACPI0013")),
            name("_UID", integer(0)),
            name("_CRS", resourceTemplate(interrupt(Trigger.EDGE_HIGH, gsi))),
            operationRegion("GDST", RegionSpace.SYSTEM_MEMORY, statusGpa, STATUS_BYTES),
            field("GDST", AccessWidth.BYTE, UpdateRule.WRITE_AS_ZEROS, AmlField.named("GDAT", 8)),
            method("_EVT", 1, Concurrency.SERIALIZED, statements.toArray(new AmlTerm[0])))
        .appendTo(out);
  }
}
