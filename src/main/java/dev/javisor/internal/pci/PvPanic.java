package dev.javisor.internal.pci;

import dev.javisor.internal.bus.BusDevice;
import dev.javisor.internal.bus.SystemControl;

/**
 * The panic device: a register by which a guest's kernel says that it has panicked.
 *
 * <p>Source: QEMU docs/specs/pvpanic.rst (the PCI device); Linux drivers/misc/pvpanic. Subsystem
 * ids as QEMU's devices have them.
 *
 * <p>Not modelled: the event of a shutdown, bit 2, which is not offered. That a crash kernel is
 * loaded, bit 1, is offered, so that a guest with one tells no panic, and it leads to nothing.
 *
 * <p>Threading: any vCPU thread; it has no state of its own.
 */
final class PvPanic implements PciDevice<PvPanicState>, BusDevice {
  static final int PANICKED = 1;
  static final int CRASH_LOADED = 1 << 1;

  private static final PciIdentity IDENTITY =
      new PciIdentity(0x1b36, 0x0011, 1, 0x08_8000, 0x1af4, 0x1100);
  private static final int BAR_SIZE = 4096;

  private final SystemControl system;
  private final PciFunction function;

  PvPanic(String id, SystemControl system) {
    this.system = system;
    function = PciFunction.builder(id, IDENTITY).bar(Bar.memory32(0, BAR_SIZE, this)).build();
  }

  @Override
  public String id() {
    return function.id();
  }

  @Override
  public PciFunction function() {
    return function;
  }

  @Override
  public long read(long offset, int size) {
    return offset == 0 ? PANICKED | CRASH_LOADED : 0;
  }

  @Override
  public void write(long offset, int size, long value) {
    if (offset == 0 && (value & PANICKED) != 0) {
      system.panic();
    }
  }

  @Override
  public void reset() {
    function.reset();
  }

  @Override
  public PvPanicState save() {
    return new PvPanicState(PvPanicState.VERSION, function.save());
  }

  @Override
  public void restore(PvPanicState state) {
    PciCheck.version(id(), state.version(), PvPanicState.VERSION);
    function.restore(state.function());
  }

  @Override
  public void close() {
    function.close();
  }
}
