package dev.javisor.internal.pci;

import dev.javisor.internal.bus.MsiLine;

/**
 * One vector of MSI-X: the message that the guest chose, whether it may be sent, and whether it
 * waits.
 *
 * <p>The route stays while the vector is masked, as masking is the guest's way to change a message,
 * and replacing routes is dear: the gate is here, before the line.
 *
 * <p>Threading: any thread; guarded by {@code this}.
 */
final class MsixVector {
  static final int SIZE = 16;

  private static final int MASKED = 1;

  private final MsiLine line;
  private long address;
  private int data;
  private boolean masked = true;
  private boolean pending;
  private boolean enabled;
  private boolean functionOpen;
  private boolean routed;
  private long routedAddress;
  private int routedData;

  MsixVector(MsiLine line) {
    this.line = line;
  }

  synchronized void trigger() {
    if (masked || !functionOpen) {
      pending |= enabled;
    } else {
      line.trigger();
    }
  }

  /** The 32-bit register 0 to 3 of the table's entry. */
  synchronized int read(int register) {
    return switch (register) {
      case 0 -> (int) address;
      case 1 -> (int) (address >>> 32);
      case 2 -> data;
      default -> masked ? MASKED : 0;
    };
  }

  synchronized void write(int register, int value) {
    switch (register) {
      case 0 -> address = address & ~0xffff_ffffL | value & 0xffff_fffcL;
      case 1 -> address = address & 0xffff_ffffL | (long) value << 32;
      case 2 -> data = value;
      default -> masked = (value & MASKED) != 0;
    }
    settle();
  }

  /** MSI-X is on, and may be masked as a whole. */
  synchronized void enable(boolean functionMasked) {
    enabled = true;
    functionOpen = !functionMasked;
    settle();
  }

  /** MSI-X is off: nothing waits, and the message is not in use. */
  synchronized void disable() {
    enabled = false;
    functionOpen = false;
    pending = false;
    if (routed) {
      routed = false;
      line.unroute();
    }
  }

  synchronized boolean pending() {
    return pending;
  }

  synchronized MsixState.Vector save() {
    return new MsixState.Vector(address, data, masked, pending);
  }

  /** Takes a state over; {@link #disable} came before, and {@link #enable} follows. */
  synchronized void restore(MsixState.Vector state) {
    address = state.address() & ~3L;
    data = state.data();
    masked = state.masked();
    pending = state.pending();
  }

  void close() {
    line.close();
  }

  private void settle() {
    if (masked || !functionOpen) {
      return;
    }
    if (!routed || routedAddress != address || routedData != data) {
      line.route(address, data);
      routed = true;
      routedAddress = address;
      routedData = data;
    }
    if (pending) {
      pending = false;
      line.trigger();
    }
  }
}
