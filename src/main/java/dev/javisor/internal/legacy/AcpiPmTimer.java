package dev.javisor.internal.legacy;

import java.util.function.LongSupplier;

/**
 * The ACPI power management timer: a counter of 32 bits at 3.579545 MHz (PIO 0x608).
 *
 * <p>Spec: ACPI 6.5 §4.8.3.3; 32 bits are announced by TMR_VAL_EXT in the FADT.
 *
 * <p>It stands still while the machine does, from {@link #quiesce()} to {@link #resume()}, and goes
 * on from its saved value in another process.
 *
 * <p>Not modelled: its interrupt (a hardware-reduced machine has none); writes are ignored.
 *
 * <p>Threading: any vCPU thread; guarded by {@code this}.
 */
final class AcpiPmTimer implements LegacyDevice<PmTimerState> {
  private static final long FREQUENCY_HZ = 3_579_545;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long COUNTER_MASK = 0xffff_ffffL;

  private final String id;
  private final LongSupplier nanoTime;

  /** The counter at {@link #startNanos}. */
  private long startCounter;

  private long startNanos;
  private boolean quiesced;

  AcpiPmTimer(String id, LongSupplier nanoTime) {
    this.id = id;
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public synchronized long read(long offset, int size) {
    if (offset < 0 || offset >= LegacyDevices.PM_TIMER_SIZE) {
      return -1;
    }
    return counter() >>> (8 * offset);
  }

  @Override
  public void write(long offset, int size, long value) {}

  private long counter() {
    if (quiesced) {
      return startCounter;
    }
    long elapsed = Math.max(0, nanoTime.getAsLong() - startNanos);
    long seconds = elapsed / NANOS_PER_SECOND;
    long nanos = elapsed % NANOS_PER_SECOND;
    // In two parts, as the product of all nanoseconds overflows after 43 minutes.
    long ticks = seconds * FREQUENCY_HZ + nanos * FREQUENCY_HZ / NANOS_PER_SECOND;
    return (startCounter + ticks) & COUNTER_MASK;
  }

  private void startFrom(long counter) {
    startCounter = counter;
    startNanos = nanoTime.getAsLong();
  }

  @Override
  public synchronized void reset() {
    startFrom(0);
  }

  @Override
  public synchronized void quiesce() {
    startFrom(counter());
    quiesced = true;
  }

  @Override
  public synchronized void resume() {
    quiesced = false;
    startFrom(startCounter);
  }

  @Override
  public synchronized PmTimerState save() {
    return new PmTimerState(PmTimerState.VERSION, counter());
  }

  @Override
  public synchronized void restore(PmTimerState state) {
    StateCheck.version(state, PmTimerState.VERSION);
    startFrom(StateCheck.range("counter", state.counter(), 0, COUNTER_MASK));
  }
}
