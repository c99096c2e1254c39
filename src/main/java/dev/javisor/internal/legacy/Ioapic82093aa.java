package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.InterruptLine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;

/**
 * An 82093AA I/O APIC with 24 pins (MMIO 0xFEC00000), for use with local APICs in KVM.
 *
 * <p>Spec: 82093AA data sheet, section 3; KVM api.rst KVM_CAP_SPLIT_IRQCHIP.
 *
 * <p>Registers are reached through an index (IOREGSEL, offset 0x00) and a window (IOWIN, 0x10).
 * Accesses narrower than 32 bits work: firmware selects with a byte.
 *
 * <p>Not modelled: polarity (kept, without effect), delivery status (always idle), arbitration
 * among several I/O APICs, the EOI register of versions from 0x20 on.
 *
 * <p>Threading: registers and ends of interrupts from any vCPU thread, pins from any thread;
 * guarded by {@code this}. The router is called with the lock held.
 */
final class Ioapic82093aa implements IoApic {
  private static final int SELECT_OFFSET = 0x00;
  private static final int WINDOW_OFFSET = 0x10;

  private static final int REGISTER_ID = 0x00;
  private static final int REGISTER_VERSION = 0x01;
  private static final int REGISTER_ARBITRATION = 0x02;
  private static final int REGISTER_REDIRECTION = 0x10;
  private static final int REGISTER_END = REGISTER_REDIRECTION + 2 * PINS;

  /** Version 0x11, and the number of the last pin. */
  private static final int VERSION_VALUE = 0x0017_0011;

  private static final int ID_SHIFT = 24;
  private static final int ID_MASK = 0xf;
  private static final int ALL_PINS = (1 << PINS) - 1;

  /** What the router holds for a pin that was never unmasked; no message looks like it. */
  private static final long NOT_ROUTED = -1;

  private final String id;
  private final boolean extended;
  private final MsiRouter router;
  private final long[] redirections = new long[PINS];

  /** What the router was told last: the entry, or {@link #NOT_ROUTED} while it is silent. */
  private final long[] routed = new long[PINS];

  private int apicId;
  private int selected;
  private int levels;
  private int pulses;

  Ioapic82093aa(String id, IoApicConfig config, MsiRouter router) {
    this.id = id;
    this.extended = config.extendedDestinationIds();
    this.router = router;
    Arrays.fill(redirections, RedirectionEntry.RESET);
    Arrays.fill(routed, NOT_ROUTED);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public synchronized long read(long offset, int size) {
    if (offset == SELECT_OFFSET) {
      return selected;
    }
    return offset == WINDOW_OFFSET ? readRegister() & 0xffff_ffffL : 0;
  }

  @Override
  public synchronized void write(long offset, int size, long value) {
    if (offset == SELECT_OFFSET) {
      selected = (int) value & 0xff;
    } else if (offset == WINDOW_OFFSET) {
      writeRegister((int) value);
    }
  }

  private int readRegister() {
    if (selected == REGISTER_VERSION) {
      return VERSION_VALUE;
    }
    if (selected == REGISTER_ID || selected == REGISTER_ARBITRATION) {
      return apicId << ID_SHIFT;
    }
    if (!isRedirectionSelected()) {
      return 0;
    }
    long entry = redirections[selectedPin()];
    return (int) (isUpperHalfSelected() ? entry >>> 32 : entry);
  }

  private void writeRegister(int value) {
    if (selected == REGISTER_ID) {
      apicId = (value >>> ID_SHIFT) & ID_MASK;
    } else if (isRedirectionSelected()) {
      int pin = selectedPin();
      long entry = redirections[pin];
      redirections[pin] =
          isUpperHalfSelected()
              ? RedirectionEntry.withHigh(entry, value, extended)
              : RedirectionEntry.withLow(entry, value);
      updateRoute(pin);
      if (RedirectionEntry.isLevel(redirections[pin])) {
        serviceLevel(pin);
      } else {
        pulses &= ~(1 << pin);
      }
    }
  }

  private boolean isRedirectionSelected() {
    return selected >= REGISTER_REDIRECTION && selected < REGISTER_END;
  }

  private int selectedPin() {
    return (selected - REGISTER_REDIRECTION) / 2;
  }

  private boolean isUpperHalfSelected() {
    return (selected & 1) != 0;
  }

  /** Tells the router what changed, and nothing else: a new route costs it a system call. */
  private void updateRoute(int pin) {
    long entry = redirections[pin];
    boolean silent = RedirectionEntry.isSilent(entry);
    long route = silent ? NOT_ROUTED : entry & ~RedirectionEntry.REMOTE_IRR;
    if (route != routed[pin]) {
      routed[pin] = route;
      router.route(
          pin, RedirectionEntry.msiAddress(entry), RedirectionEntry.msiData(entry), silent);
    }
  }

  @Override
  public InterruptLine line(int pin) {
    Objects.checkIndex(pin, PINS);
    return () -> pulse(pin);
  }

  private synchronized void pulse(int pin) {
    long entry = redirections[pin];
    if (RedirectionEntry.isSilent(entry)) {
      return;
    }
    if (RedirectionEntry.isLevel(entry)) {
      pulses |= 1 << pin;
      serviceLevel(pin);
    } else {
      router.signal(pin);
    }
  }

  @Override
  public synchronized void setLevel(int pin, boolean high) {
    Objects.checkIndex(pin, PINS);
    int bit = 1 << pin;
    boolean rises = high && (levels & bit) == 0;
    levels = high ? levels | bit : levels & ~bit;
    long entry = redirections[pin];
    if (RedirectionEntry.isLevel(entry)) {
      serviceLevel(pin);
    } else if (rises && !RedirectionEntry.isSilent(entry)) {
      router.signal(pin);
    }
  }

  /** Raises the interrupt of a level-triggered pin if one is due and none is being served. */
  private void serviceLevel(int pin) {
    int bit = 1 << pin;
    long entry = redirections[pin];
    boolean due = ((levels | pulses) & bit) != 0;
    if (due && !RedirectionEntry.isInService(entry) && !RedirectionEntry.isSilent(entry)) {
      pulses &= ~bit;
      redirections[pin] = entry | RedirectionEntry.REMOTE_IRR;
      router.signal(pin);
    }
  }

  @Override
  public void endOfInterrupt(int vector) {
    endAll(inService -> inService == vector);
  }

  @Override
  public void endInterruptsNotHeld(IntPredicate held) {
    endAll(held.negate());
  }

  private synchronized void endAll(IntPredicate vectors) {
    for (int pin = 0; pin < PINS; pin++) {
      long entry = redirections[pin];
      if (RedirectionEntry.isInService(entry) && vectors.test(RedirectionEntry.vector(entry))) {
        redirections[pin] = entry & ~RedirectionEntry.REMOTE_IRR;
        serviceLevel(pin);
      }
    }
  }

  @Override
  public synchronized void reset() {
    apicId = 0;
    selected = 0;
    levels = 0;
    pulses = 0;
    for (int pin = 0; pin < PINS; pin++) {
      redirections[pin] = RedirectionEntry.RESET;
      updateRoute(pin);
    }
  }

  @Override
  public synchronized IoApicState save() {
    List<Long> entries = new ArrayList<>(PINS);
    for (long entry : redirections) {
      entries.add(entry);
    }
    return new IoApicState(IoApicState.VERSION, apicId, selected, entries, levels, pulses);
  }

  @Override
  public synchronized void restore(IoApicState state) {
    check(state);
    apicId = state.apicId();
    selected = state.selected();
    levels = state.levels();
    pulses = state.pulses();
    for (int pin = 0; pin < PINS; pin++) {
      redirections[pin] = state.redirections().get(pin);
      if (!RedirectionEntry.isSilent(redirections[pin])) {
        // The router may be another one's, or have started over: tell it in any case.
        routed[pin] = NOT_ROUTED;
      }
      updateRoute(pin);
    }
  }

  private void check(IoApicState state) {
    StateCheck.version(state, IoApicState.VERSION);
    StateCheck.bits("apicId", state.apicId(), ID_MASK);
    StateCheck.bits("selected", state.selected(), 0xff);
    StateCheck.bits("levels", state.levels(), ALL_PINS);
    StateCheck.bits("pulses", state.pulses(), ALL_PINS);
    StateCheck.range("redirections size", state.redirections().size(), PINS, PINS);
    long mask = RedirectionEntry.mask(extended);
    for (long entry : state.redirections()) {
      boolean edgeInService =
          RedirectionEntry.isInService(entry) && !RedirectionEntry.isLevel(entry);
      if ((entry & ~mask) != 0 || edgeInService) {
        throw new IllegalArgumentException("redirections: 0x%x".formatted(entry));
      }
    }
  }
}
