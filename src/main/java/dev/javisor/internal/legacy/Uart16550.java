package dev.javisor.internal.legacy;

import static dev.javisor.internal.legacy.Uart16550Registers.DATA;
import static dev.javisor.internal.legacy.Uart16550Registers.IER_LINE_STATUS;
import static dev.javisor.internal.legacy.Uart16550Registers.IER_MASK;
import static dev.javisor.internal.legacy.Uart16550Registers.IER_MODEM_STATUS;
import static dev.javisor.internal.legacy.Uart16550Registers.IER_RECEIVED;
import static dev.javisor.internal.legacy.Uart16550Registers.IER_TRANSMITTER_EMPTY;
import static dev.javisor.internal.legacy.Uart16550Registers.IIR_FIFO_ENABLED;
import static dev.javisor.internal.legacy.Uart16550Registers.IIR_LINE_STATUS;
import static dev.javisor.internal.legacy.Uart16550Registers.IIR_MODEM_STATUS;
import static dev.javisor.internal.legacy.Uart16550Registers.IIR_NONE;
import static dev.javisor.internal.legacy.Uart16550Registers.IIR_RECEIVED;
import static dev.javisor.internal.legacy.Uart16550Registers.IIR_RECEIVE_TIMEOUT;
import static dev.javisor.internal.legacy.Uart16550Registers.IIR_TRANSMITTER_EMPTY;
import static dev.javisor.internal.legacy.Uart16550Registers.INTERRUPT_ENABLE;
import static dev.javisor.internal.legacy.Uart16550Registers.INTERRUPT_ID;
import static dev.javisor.internal.legacy.Uart16550Registers.LCR_DLAB;
import static dev.javisor.internal.legacy.Uart16550Registers.LINE_CONTROL;
import static dev.javisor.internal.legacy.Uart16550Registers.LINE_STATUS;
import static dev.javisor.internal.legacy.Uart16550Registers.LSR_TRANSMITTER_IDLE;
import static dev.javisor.internal.legacy.Uart16550Registers.MCR_LOOPBACK;
import static dev.javisor.internal.legacy.Uart16550Registers.MCR_MASK;
import static dev.javisor.internal.legacy.Uart16550Registers.MODEM_CONTROL;
import static dev.javisor.internal.legacy.Uart16550Registers.MODEM_STATUS;
import static dev.javisor.internal.legacy.Uart16550Registers.MSR_CTS;
import static dev.javisor.internal.legacy.Uart16550Registers.MSR_DCD;
import static dev.javisor.internal.legacy.Uart16550Registers.MSR_DELTA_MASK;
import static dev.javisor.internal.legacy.Uart16550Registers.MSR_DSR;
import static dev.javisor.internal.legacy.Uart16550Registers.MSR_RING;
import static dev.javisor.internal.legacy.Uart16550Registers.MSR_RING_TRAILING_EDGE;
import static dev.javisor.internal.legacy.Uart16550Registers.RESET_DIVISOR;
import static dev.javisor.internal.legacy.Uart16550Registers.SCRATCH;

import dev.javisor.internal.bus.InterruptLine;
import java.util.Objects;

/**
 * A 16550A serial port, 8 one-byte registers (COM1: PIO 0x3F8, IRQ 4).
 *
 * <p>Spec: PC16550D data sheet, section 8 (registers) and 8.11 (FIFO interrupt mode).
 *
 * <p>The transmitter is infinitely fast: a byte is with the sink when the write returns, so the
 * transmitter is always empty. Host input waits in a queue behind the receive FIFO and moves up as
 * the guest reads, so that input never overruns; only loopback can.
 *
 * <p>The chip's interrupt output is a level, the line's triggers are edges: a trigger is sent
 * whenever a cause becomes active that was not, even while another one is, and again for data that
 * a read leaves behind. So a driver that reads IIR until nothing is pending, and one that serves a
 * single cause or byte an interrupt, both miss nothing; the former may get an interrupt too many.
 *
 * <p>Not modelled: baud rate, word length and parity (kept, without effect); break; OUT2 as the
 * interrupt's gate; DMA mode; the four character times before a receive timeout (it is due at once
 * when the FIFO holds less than the trigger level, and stays until the FIFO is empty).
 *
 * <p>Threading: registers from any vCPU thread, {@link #receive} from any thread; guarded by {@code
 * this}. The sink and the line are called with the lock held, the room listener without.
 */
final class Uart16550 extends ByteRegisters implements SerialPort {
  private final String id;
  private final InterruptLine irq;
  private final ByteSink output;
  private final Runnable roomListener;
  private final UartReceiver receiver;

  private int interruptEnable;
  private int lineControl;
  private int modemControl;
  private int modemDeltas;
  private int scratch;
  private int divisor = RESET_DIVISOR;
  private boolean transmitterEmptyPending;

  /** Causes that were active when last looked at, and whose edge is therefore sent. */
  private int announced;

  private boolean quiesced;

  Uart16550(
      String id, SerialConfig config, InterruptLine irq, ByteSink output, Runnable roomListener) {
    super(SIZE);
    this.id = id;
    this.irq = irq;
    this.output = output;
    this.roomListener = roomListener;
    this.receiver = new UartReceiver(config.inputBytes());
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  int readByte(int offset) {
    int value;
    boolean room;
    synchronized (this) {
      value = readRegister(offset);
      settle();
      room = receiver.takeRoomNotice();
    }
    if (room) {
      roomListener.run();
    }
    return value;
  }

  @Override
  void writeByte(int offset, int value) {
    boolean room;
    synchronized (this) {
      writeRegister(offset, value);
      settle();
      room = receiver.takeRoomNotice();
    }
    if (room) {
      roomListener.run();
    }
  }

  @Override
  public int receive(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    synchronized (this) {
      int taken = 0;
      while (taken < length && receiver.offer(bytes[offset + taken])) {
        taken++;
        settle(); // the FIFO may make room at once
      }
      return taken;
    }
  }

  private int readRegister(int offset) {
    return switch (offset) {
      case DATA -> isDivisorLatched() ? divisor & 0xff : readData();
      case INTERRUPT_ENABLE -> isDivisorLatched() ? divisor >> 8 : interruptEnable;
      case INTERRUPT_ID -> readInterruptId();
      case LINE_CONTROL -> lineControl;
      case MODEM_CONTROL -> modemControl;
      case LINE_STATUS -> LSR_TRANSMITTER_IDLE | receiver.readLineStatus();
      case MODEM_STATUS -> readModemStatus();
      case SCRATCH -> scratch;
      default -> 0xff;
    };
  }

  private void writeRegister(int offset, int value) {
    switch (offset) {
      case DATA -> {
        if (isDivisorLatched()) {
          divisor = (divisor & 0xff00) | value;
        } else {
          transmit(value);
        }
      }
      case INTERRUPT_ENABLE -> {
        if (isDivisorLatched()) {
          divisor = (divisor & 0x00ff) | (value << 8);
        } else {
          writeInterruptEnable(value & IER_MASK);
        }
      }
      case INTERRUPT_ID -> receiver.writeFifoControl(value);
      case LINE_CONTROL -> lineControl = value;
      case MODEM_CONTROL -> writeModemControl(value & MCR_MASK);
      case SCRATCH -> scratch = value;
      default -> {} // LSR and MSR: writing them is for factory tests only
    }
  }

  private boolean isDivisorLatched() {
    return (lineControl & LCR_DLAB) != 0;
  }

  private boolean isLoopback() {
    return (modemControl & MCR_LOOPBACK) != 0;
  }

  private int readData() {
    // Reading ends the cause even when more data waits, as the chip's timeout ends (8.11): what is
    // left is due again, and a driver that reads one byte an interrupt gets them all.
    announced &= ~IER_RECEIVED;
    return receiver.readData();
  }

  private int readInterruptId() {
    int cause = interruptId();
    if (cause == IIR_TRANSMITTER_EMPTY) {
      transmitterEmptyPending = false;
    }
    return cause | (receiver.isFifoEnabled() ? IIR_FIFO_ENABLED : 0);
  }

  private int readModemStatus() {
    int value = modemLines() | modemDeltas;
    modemDeltas = 0;
    return value;
  }

  /** The other end is always there and ready; in loopback the outputs are the inputs. */
  private int modemLines() {
    if (!isLoopback()) {
      return MSR_CTS | MSR_DSR | MSR_DCD;
    }
    int dtr = (modemControl & 0x01) != 0 ? MSR_DSR : 0;
    int rts = (modemControl & 0x02) != 0 ? MSR_CTS : 0;
    int out1 = (modemControl & 0x04) != 0 ? MSR_RING : 0;
    int out2 = (modemControl & 0x08) != 0 ? MSR_DCD : 0;
    return dtr | rts | out1 | out2;
  }

  private void transmit(int value) {
    if (isLoopback()) {
      receiver.loopBack(value);
    } else {
      output.write((byte) value);
    }
    transmitterEmptyPending = true;
  }

  private void writeInterruptEnable(int value) {
    int raised = value & ~interruptEnable;
    interruptEnable = value;
    // Drivers start sending by turning this cause on: it is due although IIR told of it before.
    transmitterEmptyPending |= (raised & IER_TRANSMITTER_EMPTY) != 0;
  }

  private void writeModemControl(int value) {
    int before = modemLines();
    modemControl = value;
    int changed = before ^ modemLines();
    int deltas = (changed & (MSR_CTS | MSR_DSR | MSR_DCD)) >> 4;
    int ringEnded = changed & before & MSR_RING;
    modemDeltas |= deltas | (ringEnded != 0 ? MSR_RING_TRAILING_EDGE : 0);
  }

  /** What follows from each change: the FIFO fills up, and a new cause becomes an edge. */
  private void settle() {
    if (quiesced) {
      return;
    }
    if (!isLoopback()) {
      receiver.fill();
    }
    int active = activeCauses();
    int fresh = active & ~announced;
    announced = active;
    if (fresh != 0) {
      irq.trigger();
    }
  }

  private int activeCauses() {
    int pending = receiver.hasData() ? IER_RECEIVED : 0;
    pending |= transmitterEmptyPending ? IER_TRANSMITTER_EMPTY : 0;
    pending |= receiver.hasErrors() ? IER_LINE_STATUS : 0;
    pending |= modemDeltas != 0 ? IER_MODEM_STATUS : 0;
    return pending & interruptEnable;
  }

  /** The active cause of the highest priority (§8.6, table II). */
  private int interruptId() {
    int active = activeCauses();
    if ((active & IER_LINE_STATUS) != 0) {
      return IIR_LINE_STATUS;
    }
    if ((active & IER_RECEIVED) != 0) {
      return receiver.isAtTriggerLevel() ? IIR_RECEIVED : IIR_RECEIVE_TIMEOUT;
    }
    if ((active & IER_TRANSMITTER_EMPTY) != 0) {
      return IIR_TRANSMITTER_EMPTY;
    }
    return active != 0 ? IIR_MODEM_STATUS : IIR_NONE;
  }

  @Override
  public void reset() {
    boolean room;
    synchronized (this) {
      interruptEnable = 0;
      lineControl = 0;
      modemControl = 0;
      modemDeltas = 0;
      scratch = 0;
      divisor = RESET_DIVISOR;
      transmitterEmptyPending = false;
      announced = 0;
      receiver.reset();
      room = receiver.takeRoomNotice();
    }
    if (room) {
      roomListener.run();
    }
  }

  @Override
  public synchronized void quiesce() {
    quiesced = true;
  }

  @Override
  public void resume() {
    boolean room;
    synchronized (this) {
      quiesced = false;
      settle();
      room = receiver.takeRoomNotice();
    }
    if (room) {
      roomListener.run();
    }
  }

  @Override
  public synchronized SerialState save() {
    return new SerialState(
        SerialState.VERSION,
        interruptEnable,
        receiver.fifoControl(),
        lineControl,
        modemControl,
        receiver.lineErrors(),
        modemDeltas,
        scratch,
        divisor,
        transmitterEmptyPending,
        receiver.fifo(),
        receiver.input());
  }

  @Override
  public synchronized void restore(SerialState state) {
    check(state);
    interruptEnable = state.interruptEnable();
    lineControl = state.lineControl();
    modemControl = state.modemControl();
    modemDeltas = state.modemDeltas();
    scratch = state.scratch();
    divisor = state.divisor();
    transmitterEmptyPending = state.transmitterEmptyPending();
    receiver.restore(state);
    // Whether the edge reached the guest before the save is not known: resume() sends it again.
    announced = 0;
  }

  private void check(SerialState state) {
    StateCheck.version(state, SerialState.VERSION);
    StateCheck.bits("interruptEnable", state.interruptEnable(), IER_MASK);
    StateCheck.bits("lineControl", state.lineControl(), 0xff);
    StateCheck.bits("modemControl", state.modemControl(), MCR_MASK);
    StateCheck.bits("modemDeltas", state.modemDeltas(), MSR_DELTA_MASK);
    StateCheck.bits("scratch", state.scratch(), 0xff);
    StateCheck.bits("divisor", state.divisor(), 0xffff);
    receiver.check(state);
  }
}
