package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.Scheduler;
import dev.javisor.internal.bus.SystemControl;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * CMOS RAM and real-time clock: an MC146818A with the PC's century byte (PIO 0x70-0x71, IRQ 8).
 *
 * <p>Spec: MC146818A data sheet, "Address map" and "Registers". RAM sizes: the PC/AT's at 0x30 (KiB
 * above 1 MiB), Cloud Hypervisor's at 0x34 (64 KiB above 16 MiB) and 0x5B (64 KiB above 4 GiB).
 *
 * <p>The clock shows UTC. While register B's SET or the divider's reset holds it, the registers are
 * plain memory; when it is let go, it runs from what they hold. A date that the guest makes up,
 * such as February 31, becomes the nearest real one. Writing shutdown status 0 with the NMI masked
 * resets the machine: it is what Linux does last before a restart through the BIOS.
 *
 * <p>Time and RAM survive a reset, as they have a battery.
 *
 * <p>Not modelled: daylight saving, square wave, NMI mask (kept, without effect), the day of the
 * week as a counter of its own (it follows from the date), date alarms.
 *
 * <p>Threading: ports from any vCPU thread, timers from the scheduler's; guarded by {@code this}.
 * Interrupt line, scheduler and system are called with the lock held.
 */
final class CmosRtc extends ByteRegisters implements LegacyDevice<CmosState> {
  private static final int INDEX_PORT = 0;
  private static final int INDEX_MASK = 0x7f;
  private static final int NMI_MASKED = 0x80;

  /** The update is announced 8 periods of the 32.768 kHz oscillator ahead. */
  private static final int UPDATE_NOTICE_NANOS = (int) (8 * 1_000_000_000L / 32768);

  private static final int NANOS_PER_SECOND = 1_000_000_000;

  /** When the divider starts, the first update comes half a second later. */
  private static final int DIVIDER_START_NANOS = NANOS_PER_SECOND / 2;

  /** Keeps a timer that fires early by a hair from spinning. */
  private static final long MIN_DELAY_NANOS = 100_000;

  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;

  private final String id;
  private final CmosConfig config;
  private final RtcClock clock;
  private final RtcInterrupts interrupts;
  private final Scheduler scheduler;
  private final SystemControl system;

  /** RAM, alarm, A and B; the time only while it is held, else zeros. */
  private final int[] registers = new int[RtcRegisters.COUNT];

  private int index;
  private Scheduler.@Nullable Scheduled timer;

  /** Tells the timer that is armed from those that were cancelled while they fired. */
  private long timerId;

  private boolean quiesced;

  CmosRtc(
      String id,
      CmosConfig config,
      RtcClock clock,
      RtcInterrupts interrupts,
      Scheduler scheduler,
      SystemControl system) {
    super(LegacyDevices.CMOS_SIZE);
    this.id = id;
    this.config = config;
    this.clock = clock;
    this.interrupts = interrupts;
    this.scheduler = scheduler;
    this.system = system;
    initialize();
  }

  private void initialize() {
    index = 0;
    clearTime();
    registers[RtcRegisters.A] = RtcRegisters.A_RESET;
    registers[RtcRegisters.B] = RtcRegisters.B_RESET;
    store(0x30, 2, (config.ramBelow4Gib() - MIB) / KIB);
    store(0x34, 2, (config.ramBelow4Gib() - 16 * MIB) / (64 * KIB));
    store(0x5b, 3, config.ramAbove4Gib() / (64 * KIB));
  }

  /** Stores a number in little-endian bytes, the nearest that fits. */
  private void store(int register, int bytes, long value) {
    long fitting = Math.max(0, Math.min(value, (1L << (8 * bytes)) - 1));
    for (int i = 0; i < bytes; i++) {
      registers[register + i] = (int) (fitting >> (8 * i)) & 0xff;
    }
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  synchronized int readByte(int offset) {
    return offset == INDEX_PORT ? index : readRegister(index & INDEX_MASK);
  }

  @Override
  synchronized void writeByte(int offset, int value) {
    if (offset == INDEX_PORT) {
      index = value;
    } else {
      writeRegister(index & INDEX_MASK, value);
    }
  }

  private int readRegister(int register) {
    return switch (register) {
      case RtcRegisters.A -> registers[RtcRegisters.A] | updateInProgress();
      case RtcRegisters.C -> readFlags();
      case RtcRegisters.D -> RtcRegisters.D_VALID;
      default ->
          RtcRegisters.isTime(register) && !isHeld()
              ? format().read(civil(clock.now()), register)
              : registers[register];
    };
  }

  private int updateInProgress() {
    boolean soon = RtcClock.fraction(clock.now()) >= NANOS_PER_SECOND - UPDATE_NOTICE_NANOS;
    return soon && !isHeld() ? RtcRegisters.A_UPDATE_IN_PROGRESS : 0;
  }

  private int readFlags() {
    lookAtEvents();
    int flags = interrupts.readFlags(registers[RtcRegisters.B]);
    settle();
    return flags;
  }

  private void writeRegister(int register, int value) {
    switch (register) {
      case RtcRegisters.A -> writeControl(register, value & RtcRegisters.A_WRITABLE);
      case RtcRegisters.B -> writeControl(register, value);
      case RtcRegisters.C, RtcRegisters.D -> {} // read-only
      case RtcRegisters.SECONDS_ALARM, RtcRegisters.MINUTES_ALARM, RtcRegisters.HOURS_ALARM -> {
        lookAtEvents();
        registers[register] = value;
        settle();
      }
      default -> {
        if (RtcRegisters.isTime(register) && !isHeld()) {
          writeRunningTime(register, value);
        } else {
          registers[register] = value;
        }
        if (register == RtcRegisters.SHUTDOWN_STATUS && value == 0 && (index & NMI_MASKED) != 0) {
          system.reset();
        }
      }
    }
  }

  private void writeRunningTime(int register, int value) {
    lookAtEvents();
    captureTime();
    registers[register] = value;
    runFromRegisters();
    settle();
  }

  /** Writes A or B, either of which can stop the clock and let it go. */
  private void writeControl(int register, int value) {
    lookAtEvents();
    boolean wasHeld = isHeld();
    boolean wasDividerReset = RtcRegisters.isDividerReset(registers[RtcRegisters.A]);
    if (!wasHeld) {
      captureTime();
    }
    registers[register] = value;
    if ((registers[RtcRegisters.B] & RtcRegisters.B_SET) != 0) {
      registers[RtcRegisters.B] &= ~RtcRegisters.C_UPDATE_ENDED;
    }
    if (wasDividerReset && !RtcRegisters.isDividerReset(registers[RtcRegisters.A])) {
      clock.setFraction(DIVIDER_START_NANOS);
      interrupts.skipTo(clock.now());
    }
    if (!isHeld()) {
      if (wasHeld) {
        runFromRegisters();
      }
      clearTime();
    }
    settle();
  }

  private void captureTime() {
    LocalDateTime now = civil(clock.now());
    RtcFormat format = format();
    for (int register = 0; register < registers.length; register++) {
      if (RtcRegisters.isTime(register)) {
        registers[register] = format.read(now, register);
      }
    }
  }

  private void runFromRegisters() {
    clock.setSecond(format().epochSecond(registers));
    interrupts.skipTo(clock.now());
    clearTime();
  }

  private void clearTime() {
    for (int register = 0; register < registers.length; register++) {
      if (RtcRegisters.isTime(register)) {
        registers[register] = 0;
      }
    }
  }

  private boolean isHeld() {
    return (registers[RtcRegisters.B] & RtcRegisters.B_SET) != 0
        || RtcRegisters.isDividerReset(registers[RtcRegisters.A]);
  }

  private RtcFormat format() {
    return RtcFormat.of(registers[RtcRegisters.B]);
  }

  private static LocalDateTime civil(Instant time) {
    return LocalDateTime.ofInstant(time, ZoneOffset.UTC);
  }

  private RtcInterrupts.Setup setup() {
    int a = registers[RtcRegisters.A];
    RtcAlarm alarm =
        RtcAlarm.of(
            format(),
            registers[RtcRegisters.HOURS_ALARM],
            registers[RtcRegisters.MINUTES_ALARM],
            registers[RtcRegisters.SECONDS_ALARM]);
    int hz = RtcRegisters.isDividerReset(a) ? 0 : RtcRegisters.periodicHz(a);
    return new RtcInterrupts.Setup(!isHeld(), hz, alarm);
  }

  /** Finds out what happened so far, under the setup that is about to change. */
  private void lookAtEvents() {
    interrupts.lookAt(clock.now(), setup());
  }

  /** Raises the interrupt if one is due, else arms the timer for the next. */
  private void settle() {
    disarm();
    if (quiesced) {
      return;
    }
    lookAtEvents();
    int b = registers[RtcRegisters.B];
    interrupts.raise(b);
    OptionalLong delay = interrupts.untilNext(b, setup());
    if (delay.isPresent()) {
      long firing = timerId;
      timer =
          scheduler.schedule(Math.max(MIN_DELAY_NANOS, delay.getAsLong()), () -> onTimer(firing));
    }
  }

  private void disarm() {
    timerId++;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private synchronized void onTimer(long firing) {
    if (firing == timerId) {
      timer = null;
      settle();
    }
  }

  @Override
  public synchronized void reset() {
    initialize();
    interrupts.reset(clock.now());
    settle();
  }

  @Override
  public synchronized void quiesce() {
    quiesced = true;
    disarm();
  }

  @Override
  public synchronized void resume() {
    quiesced = false;
    settle();
  }

  @Override
  public synchronized CmosState save() {
    lookAtEvents();
    List<Integer> values = new ArrayList<>(registers.length);
    for (int value : registers) {
      values.add(value);
    }
    Duration offset = clock.offset();
    Instant lookedAt = interrupts.lookedAt();
    return new CmosState(
        CmosState.VERSION,
        index,
        values,
        interrupts.flags(),
        offset.toSeconds(),
        offset.toNanosPart(),
        lookedAt.getEpochSecond(),
        lookedAt.getNano());
  }

  @Override
  public synchronized void restore(CmosState state) {
    check(state);
    index = state.index();
    for (int register = 0; register < registers.length; register++) {
      registers[register] = state.registers().get(register);
    }
    if (!isHeld()) {
      clearTime();
    }
    clock.restoreOffset(state.offsetSeconds(), state.offsetNanos());
    interrupts.restore(
        state.flags(), Instant.ofEpochSecond(state.lookedAtSecond(), state.lookedAtNanos()));
    settle();
  }

  private static void check(CmosState state) {
    StateCheck.version(state, CmosState.VERSION);
    StateCheck.bits("index", state.index(), 0xff);
    StateCheck.range(
        "registers size", state.registers().size(), RtcRegisters.COUNT, RtcRegisters.COUNT);
    StateCheck.bytes("registers", state.registers(), RtcRegisters.COUNT);
    StateCheck.bits("register A", state.registers().get(RtcRegisters.A), RtcRegisters.A_WRITABLE);
    StateCheck.bits("register C", state.registers().get(RtcRegisters.C), 0);
    StateCheck.bits("register D", state.registers().get(RtcRegisters.D), 0);
    StateCheck.bits("flags", state.flags(), RtcRegisters.B_INTERRUPTS);
    RtcClock.checkOffset(state.offsetSeconds(), state.offsetNanos());
    RtcClock.checkTime(state.lookedAtSecond(), state.lookedAtNanos());
  }
}
