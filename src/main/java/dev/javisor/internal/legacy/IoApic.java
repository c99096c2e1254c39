package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.InterruptLine;
import java.util.function.IntPredicate;

/** The platform's side of an I/O APIC: its pins, and the end of interrupts. */
public interface IoApic extends LegacyDevice<IoApicState> {
  /** Number of interrupt pins. */
  int PINS = 24;

  /** The chip's range on its bus, in bytes. */
  int SIZE = 0x1000;

  /**
   * An edge into a pin. On a pin that the guest set to level-triggered, it counts as one short
   * pulse, kept while an interrupt of that pin is being served; on a masked pin it is lost.
   *
   * @param pin 0 to {@link #PINS} - 1
   * @throws IndexOutOfBoundsException if there is no such pin
   */
  InterruptLine line(int pin);

  /**
   * Sets the level of a pin. An interrupt is raised while the level is high and the pin unmasked,
   * again after each {@link #endOfInterrupt}; on a pin that the guest set to edge-triggered, when
   * the level rises.
   *
   * <p>Threading: any thread.
   *
   * @param pin 0 to {@link #PINS} - 1
   * @throws IndexOutOfBoundsException if there is no such pin
   */
  void setLevel(int pin, boolean high);

  /**
   * A local APIC ended an interrupt with this vector (KVM api.rst KVM_EXIT_IOAPIC_EOI). Vectors
   * that no level-triggered pin has are ignored.
   *
   * <p>Threading: any vCPU thread.
   */
  void endOfInterrupt(int vector);

  /**
   * Ends the level-triggered interrupts in service that no local APIC knows any more. To be called
   * after a state of the whole machine was restored, before a vCPU runs: a vCPU that stood still
   * right after an end of interrupt may not have told it yet, and no state has room for that.
   *
   * @param held whether a local APIC has an interrupt with this vector pending or in service
   */
  void endInterruptsNotHeld(IntPredicate held);
}
