package dev.javisor.internal.legacy;

/**
 * Offsets, bits and reset values of a 16550A.
 *
 * <p>Spec: PC16550D data sheet, table I and section 8.
 */
final class Uart16550Registers {
  private Uart16550Registers() {}

  /** RBR when read, THR when written; DLL while DLAB is set. */
  static final int DATA = 0;

  /** IER; DLM while DLAB is set. */
  static final int INTERRUPT_ENABLE = 1;

  /** IIR when read, FCR when written. */
  static final int INTERRUPT_ID = 2;

  static final int LINE_CONTROL = 3;
  static final int MODEM_CONTROL = 4;
  static final int LINE_STATUS = 5;
  static final int MODEM_STATUS = 6;
  static final int SCRATCH = 7;

  /** Interrupt causes, as IER's bits. */
  static final int IER_RECEIVED = 0x01;

  static final int IER_TRANSMITTER_EMPTY = 0x02;
  static final int IER_LINE_STATUS = 0x04;
  static final int IER_MODEM_STATUS = 0x08;
  static final int IER_MASK = 0x0f;

  static final int IIR_MODEM_STATUS = 0x00;
  static final int IIR_NONE = 0x01;
  static final int IIR_TRANSMITTER_EMPTY = 0x02;
  static final int IIR_RECEIVED = 0x04;
  static final int IIR_LINE_STATUS = 0x06;
  static final int IIR_RECEIVE_TIMEOUT = 0x0c;
  static final int IIR_FIFO_ENABLED = 0xc0;

  static final int FCR_ENABLE = 0x01;
  static final int FCR_CLEAR_RECEIVER = 0x02;
  static final int FCR_TRIGGER_SHIFT = 6;
  static final int FCR_KEPT = 0xc0 | FCR_ENABLE;

  static final int LCR_DLAB = 0x80;

  static final int MCR_LOOPBACK = 0x10;
  static final int MCR_MASK = 0x1f;

  static final int LSR_DATA_READY = 0x01;
  static final int LSR_OVERRUN = 0x02;
  static final int LSR_TRANSMITTER_IDLE = 0x60;

  static final int MSR_DELTA_MASK = 0x0f;
  static final int MSR_RING_TRAILING_EDGE = 0x04;
  static final int MSR_CTS = 0x10;
  static final int MSR_DSR = 0x20;
  static final int MSR_RING = 0x40;
  static final int MSR_DCD = 0x80;

  /** 115200 baud. Linux' early console divides by it, so it must not be 0. */
  static final int RESET_DIVISOR = 1;
}
