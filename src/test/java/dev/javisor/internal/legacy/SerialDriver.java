package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.BusDevice;
import dev.javisor.internal.bus.InterruptLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The guest's side of a serial port: does to the registers what Linux' 8250 driver does, in its
 * order. Its interrupt line counts edges as a local APIC does: they merge until served.
 */
final class SerialDriver implements InterruptLine {
  static final int DATA = 0;
  static final int IER = 1;
  static final int IIR = 2;
  static final int FCR = 2;
  static final int LCR = 3;
  static final int MCR = 4;
  static final int LSR = 5;
  static final int MSR = 6;
  static final int SCR = 7;

  private static final int FIFO_SIZE = 16;
  private static final int MAX_PASSES = 512;

  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private BusDevice port = new Unconnected();
  private byte[] toSend = {};
  private int sent;
  private boolean edge;
  int edges;

  void connect(BusDevice device) {
    port = device;
  }

  @Override
  public void trigger() {
    edge = true;
    edges++;
  }

  int in(int register) {
    return (int) port.read(register, 1);
  }

  void out(int register, int value) {
    port.write(register, 1, value);
  }

  /** Finds out what chip this is; true if it is a working 16550A. */
  boolean probe() {
    int savedIer = in(IER);
    out(IER, 0);
    boolean ierClears = (in(IER) & 0x0f) == 0;
    out(IER, 0x0f);
    boolean ierSets = (in(IER) & 0x0f) == 0x0f;
    out(IER, savedIer);

    int savedMcr = in(MCR);
    out(MCR, 0x10 | 0x0a);
    boolean loops = (in(MSR) & 0xf0) == 0x90;
    out(MCR, savedMcr);

    int savedLcr = in(LCR);
    out(LCR, 0xbf);
    out(FCR, 0);
    out(LCR, 0);
    out(FCR, 0x01);
    boolean hasFifo = in(IIR) >> 6 == 3;
    out(LCR, 0xbf);
    boolean hasNoEfr = in(FCR) != 0;
    out(LCR, savedLcr);
    return ierClears && ierSets && loops && hasFifo && hasNoEfr;
  }

  /** Opens the port: clears it, tests its interrupts, then enables the receiver. */
  void open() {
    out(FCR, 0x01);
    out(FCR, 0x07);
    out(FCR, 0x00);
    in(LSR);
    in(DATA);
    in(IIR);
    in(MSR);
    out(LCR, 0x03);
    out(MCR, 0x0b);
    out(FCR, 0x81);
    out(IER, 0x05);
  }

  /** Starts to send: enables the transmitter's interrupt and leaves the rest to it. */
  void send(String text) {
    toSend = text.getBytes(StandardCharsets.ISO_8859_1);
    sent = 0;
    out(IER, in(IER) | 0x02);
  }

  /** Serves interrupts while edges come; what no edge told of stays unserved. */
  void serveInterrupts() {
    for (int i = 0; edge && i < MAX_PASSES; i++) {
      edge = false;
      handleInterrupt();
    }
  }

  private void handleInterrupt() {
    for (int pass = 0; pass < MAX_PASSES && (in(IIR) & 0x01) == 0; pass++) {
      int status = in(LSR);
      while ((status & 0x01) != 0) {
        received.write(in(DATA));
        status = in(LSR);
      }
      in(MSR);
      if ((status & 0x20) != 0 && (in(IER) & 0x02) != 0) {
        fillTransmitter();
      }
    }
  }

  private void fillTransmitter() {
    for (int i = 0; i < FIFO_SIZE && sent < toSend.length; i++) {
      out(DATA, toSend[sent++]);
    }
    if (sent == toSend.length) {
      out(IER, in(IER) & ~0x02);
    }
  }

  /** What came in since the last call. */
  String received() {
    String text = received.toString(StandardCharsets.ISO_8859_1);
    received.reset();
    return text;
  }

  private static final class Unconnected implements BusDevice {
    @Override
    public long read(long offset, int size) {
      return -1;
    }

    @Override
    public void write(long offset, int size, long value) {}
  }
}
