package dev.javisor.internal.legacy;

import static dev.javisor.internal.legacy.Uart16550Registers.FCR_CLEAR_RECEIVER;
import static dev.javisor.internal.legacy.Uart16550Registers.FCR_ENABLE;
import static dev.javisor.internal.legacy.Uart16550Registers.FCR_KEPT;
import static dev.javisor.internal.legacy.Uart16550Registers.FCR_TRIGGER_SHIFT;
import static dev.javisor.internal.legacy.Uart16550Registers.LSR_DATA_READY;
import static dev.javisor.internal.legacy.Uart16550Registers.LSR_OVERRUN;

import java.util.List;

/**
 * The receiving half of a 16550A: the FIFO, the host input that waits behind it, and the errors.
 *
 * <p>Spec: PC16550D data sheet, sections 8.4 and 8.5.
 *
 * <p>Threading: none of its own; guarded by its {@link Uart16550}.
 */
final class UartReceiver {
  static final int FIFO_SIZE = 16;

  private final ByteQueue fifo = new ByteQueue(FIFO_SIZE);
  private final ByteQueue input;
  private int fifoControl;
  private int lineErrors;

  /** Whether a sender waits for room in {@link #input}. */
  private boolean roomWanted;

  /**
   * @param inputBytes how many bytes of host input wait
   */
  UartReceiver(int inputBytes) {
    input = new ByteQueue(inputBytes);
  }

  boolean isFifoEnabled() {
    return (fifoControl & FCR_ENABLE) != 0;
  }

  boolean hasData() {
    return !fifo.isEmpty();
  }

  boolean hasErrors() {
    return lineErrors != 0;
  }

  /** Whether the FIFO holds as much as the guest wants before an interrupt. */
  boolean isAtTriggerLevel() {
    int level =
        switch (fifoControl >> FCR_TRIGGER_SHIFT) {
          case 1 -> 4;
          case 2 -> 8;
          case 3 -> 14;
          default -> 1;
        };
    return fifo.size() >= level;
  }

  /** RBR: takes the oldest byte; 0 if there is none. */
  int readData() {
    return fifo.isEmpty() ? 0 : fifo.remove();
  }

  /** The receiver's bits of LSR; the errors are gone then. */
  int readLineStatus() {
    int value = lineErrors | (fifo.isEmpty() ? 0 : LSR_DATA_READY);
    lineErrors = 0;
    return value;
  }

  /** FCR. Switching the FIFO on or off clears it. */
  void writeFifoControl(int value) {
    boolean enabled = (value & FCR_ENABLE) != 0;
    if (enabled != isFifoEnabled() || (enabled && (value & FCR_CLEAR_RECEIVER) != 0)) {
      fifo.clear();
    }
    fifoControl = enabled ? value & FCR_KEPT : 0;
  }

  /** A byte comes in from the chip's own transmitter. */
  void loopBack(int value) {
    if (fifo.size() < capacity()) {
      fifo.add(value);
      return;
    }
    lineErrors |= LSR_OVERRUN;
    if (!isFifoEnabled()) {
      // The holding register is overwritten; a full FIFO keeps what it has (8.4, bit 1).
      fifo.clear();
      fifo.add(value);
    }
  }

  /** Queues a byte of host input; false, and a note that room is wanted, if there is no room. */
  boolean offer(byte value) {
    if (input.isFull()) {
      roomWanted = true;
      return false;
    }
    input.add(value);
    return true;
  }

  /** Moves host input up into the FIFO. */
  void fill() {
    while (!input.isEmpty() && fifo.size() < capacity()) {
      fifo.add(input.remove());
    }
  }

  /** Whether a sender who waits for room is to be told now; true once for each wait. */
  boolean takeRoomNotice() {
    boolean room = roomWanted && input.size() <= input.capacity() / 2;
    roomWanted &= !room;
    return room;
  }

  private int capacity() {
    return isFifoEnabled() ? FIFO_SIZE : 1;
  }

  void reset() {
    fifoControl = 0;
    lineErrors = 0;
    fifo.clear();
    // What was typed for the system that ended is not for the one that starts.
    input.clear();
  }

  int fifoControl() {
    return fifoControl;
  }

  int lineErrors() {
    return lineErrors;
  }

  List<Integer> fifo() {
    return fifo.toList();
  }

  List<Integer> input() {
    return input.toList();
  }

  /** Refuses what {@link #restore} cannot take. */
  void check(SerialState state) {
    StateCheck.bits("fifoControl", state.fifoControl(), FCR_KEPT);
    StateCheck.bits("lineErrors", state.lineErrors(), LSR_OVERRUN);
    boolean fifoEnabled = (state.fifoControl() & FCR_ENABLE) != 0;
    StateCheck.bytes("fifo", state.fifo(), fifoEnabled ? FIFO_SIZE : 1);
    StateCheck.bytes("input", state.input(), input.capacity());
  }

  /** Takes over a state that {@link #check} let through. */
  void restore(SerialState state) {
    fifoControl = state.fifoControl();
    lineErrors = state.lineErrors();
    fifo.setAll(state.fifo());
    input.setAll(state.input());
  }
}
