package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.Scheduler;
import dev.javisor.internal.bus.SystemControl;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The watchdog that the ACPI table WDAT describes: it resets the machine when the guest has not set
 * it back in time.
 *
 * <p>Spec: Microsoft, Hardware Watchdog Timers Design Specification 1.01, for what such a device
 * must be able to do. Its registers, of 32 bits each, are this platform's: control (bit 0: it
 * counts), countdown in ticks of {@link LegacyDevices#WATCHDOG_TICK_MILLIS}, what is left of it
 * (any write sets it back), and status (bit 0: it was this that reset the machine; a write of 1
 * acknowledges).
 *
 * <p>It stands still while the machine does, so that a pause resets nothing, and goes on with what
 * was left. A reset stops it, and leaves the status: that is what it is for.
 *
 * <p>Not modelled: a warning before the reset, other actions than the reset.
 *
 * <p>Threading: any vCPU thread, and the scheduler's; guarded by {@code this}. The system is told
 * with the lock held.
 */
final class WatchdogTimer implements LegacyDevice<WatchdogState> {
  private static final int ACCESS = 4;
  private static final int RUNNING = 1;
  private static final int FIRED = 1;
  private static final long NANOS_PER_TICK = LegacyDevices.WATCHDOG_TICK_MILLIS * 1_000_000L;

  private final String id;
  private final LongSupplier nanoTime;
  private final Scheduler scheduler;
  private final SystemControl system;

  private boolean running;
  private int countdown = LegacyDevices.WATCHDOG_MAX_COUNT;
  private boolean fired;

  /** When it is up, by the clock; while quiesced, what is left. */
  private long deadline;

  private boolean quiesced;
  private Scheduler.@Nullable Scheduled timer;
  private long timerDue;

  /** Tells the timer that is armed from those that were cancelled while they fired. */
  private long timerId;

  WatchdogTimer(String id, LongSupplier nanoTime, Scheduler scheduler, SystemControl system) {
    this.id = id;
    this.nanoTime = nanoTime;
    this.scheduler = scheduler;
    this.system = system;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public synchronized long read(long offset, int size) {
    if (size != ACCESS) {
      return -1;
    }
    return switch ((int) offset) {
      case LegacyDevices.WATCHDOG_CONTROL -> running ? RUNNING : 0;
      case LegacyDevices.WATCHDOG_COUNTDOWN -> countdown;
      case LegacyDevices.WATCHDOG_LEFT ->
          running ? Math.max(0, left() / NANOS_PER_TICK) : countdown;
      case LegacyDevices.WATCHDOG_STATUS -> fired ? FIRED : 0;
      default -> -1;
    };
  }

  @Override
  public synchronized void write(long offset, int size, long value) {
    if (size != ACCESS) {
      return;
    }
    switch ((int) offset) {
      case LegacyDevices.WATCHDOG_CONTROL -> run((value & RUNNING) != 0);
      case LegacyDevices.WATCHDOG_COUNTDOWN -> {
        long ticks = value & 0xffff_ffffL;
        countdown = (int) Math.max(1, Math.min(ticks, LegacyDevices.WATCHDOG_MAX_COUNT));
        setBack();
      }
      case LegacyDevices.WATCHDOG_LEFT -> setBack();
      case LegacyDevices.WATCHDOG_STATUS -> fired &= (value & FIRED) == 0;
      default -> {} // No such register.
    }
  }

  private void run(boolean on) {
    boolean starts = on && !running;
    running = on;
    if (starts) {
      setBack();
    } else {
      arm();
    }
  }

  private void setBack() {
    deadline = nanoTime.getAsLong() + countdown * NANOS_PER_TICK;
    // A guest sets it back as often as it likes: the timer that is armed looks again by itself.
    if (timer == null || deadline - timerDue < 0) {
      arm();
    }
  }

  private long left() {
    return quiesced ? deadline : deadline - nanoTime.getAsLong();
  }

  private void arm() {
    disarm();
    if (running && !quiesced) {
      long own = timerId;
      timerDue = deadline;
      timer = scheduler.schedule(Math.max(0, left()), () -> look(own));
    }
  }

  private void disarm() {
    timerId++;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private synchronized void look(long own) {
    if (own != timerId) {
      return;
    }
    if (left() > 0) {
      arm();
      return;
    }
    disarm();
    running = false;
    fired = true;
    system.watchdog();
  }

  @Override
  public synchronized void reset() {
    disarm();
    running = false;
    countdown = LegacyDevices.WATCHDOG_MAX_COUNT;
    deadline = 0;
  }

  @Override
  public synchronized void quiesce() {
    if (!quiesced) {
      disarm();
      deadline = left();
      quiesced = true;
    }
  }

  @Override
  public synchronized void resume() {
    if (quiesced) {
      quiesced = false;
      deadline += nanoTime.getAsLong();
      arm();
    }
  }

  @Override
  public synchronized WatchdogState save() {
    long left = running ? Math.max(0, left()) : 0;
    return new WatchdogState(WatchdogState.VERSION, running, countdown, left, fired);
  }

  @Override
  public synchronized void restore(WatchdogState state) {
    StateCheck.version(state, WatchdogState.VERSION);
    int most = LegacyDevices.WATCHDOG_MAX_COUNT;
    long ticks = StateCheck.range("countdown", state.countdown(), 1, most);
    long left = StateCheck.range("leftNanos", state.leftNanos(), 0, most * NANOS_PER_TICK);
    disarm();
    running = state.running();
    countdown = (int) ticks;
    fired = state.fired();
    deadline = quiesced ? left : left + nanoTime.getAsLong();
    arm();
  }
}
