package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.InterruptLine;

/**
 * The status register of the generic event device: one byte of MMIO that tells what happened, and
 * forgets it when read.
 *
 * <p>Spec: ACPI 6.5 §5.6.9 (interrupt-signalled events); the register is this platform's, described
 * to the guest by AML.
 *
 * <p>Not modelled: writes, which are ignored.
 *
 * <p>Threading: the register from any vCPU thread, {@link #signal} from any thread; guarded by
 * {@code this}.
 */
final class GenericEventRegister extends ByteRegisters implements GenericEventDevice {
  private static final int EVENTS = 0xff;

  private final String id;
  private final InterruptLine irq;
  private int pending;
  private boolean quiesced;

  GenericEventRegister(String id, InterruptLine irq) {
    super(SIZE);
    this.id = id;
    this.irq = irq;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public synchronized void signal(int events) {
    if (events <= 0 || events > EVENTS) {
      throw new IllegalArgumentException("events: 0x%x, not 1 to 255".formatted(events));
    }
    pending |= events;
    if (!quiesced) {
      irq.trigger();
    }
  }

  @Override
  synchronized int readByte(int offset) {
    int events = pending;
    pending = 0;
    return events;
  }

  @Override
  void writeByte(int offset, int value) {}

  @Override
  public synchronized void reset() {
    pending = 0;
  }

  @Override
  public synchronized void quiesce() {
    quiesced = true;
  }

  @Override
  public synchronized void resume() {
    quiesced = false;
    if (pending != 0) {
      // Signalled meanwhile, or the edge may be lost with the machine that was saved.
      irq.trigger();
    }
  }

  @Override
  public synchronized GenericEventState save() {
    return new GenericEventState(GenericEventState.VERSION, pending);
  }

  @Override
  public synchronized void restore(GenericEventState state) {
    StateCheck.version(state, GenericEventState.VERSION);
    pending = StateCheck.bits("pending", state.pending(), EVENTS);
  }
}
