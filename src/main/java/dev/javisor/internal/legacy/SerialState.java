package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.DeviceState;
import java.util.List;

/**
 * The state of a serial port. Registers are as the guest would read them, unless said otherwise.
 *
 * @param version layout version, {@value #VERSION}
 * @param interruptEnable IER
 * @param fifoControl FCR: enable bit and receive trigger level
 * @param lineControl LCR
 * @param modemControl MCR
 * @param lineErrors LSR's error bits
 * @param modemDeltas MSR's low half: lines that changed since it was read last
 * @param scratch SCR
 * @param divisor DLM and DLL
 * @param transmitterEmptyPending whether IIR owes the guest a "transmitter empty"
 * @param fifo received bytes that the guest can read, oldest first, 0 to 255 each
 * @param input host input that waits behind the FIFO, oldest first, 0 to 255 each
 */
public record SerialState(
    int version,
    int interruptEnable,
    int fifoControl,
    int lineControl,
    int modemControl,
    int lineErrors,
    int modemDeltas,
    int scratch,
    int divisor,
    boolean transmitterEmptyPending,
    List<Integer> fifo,
    List<Integer> input)
    implements DeviceState {
  /** The newest layout. */
  public static final int VERSION = 1;

  public SerialState {
    fifo = List.copyOf(fifo);
    input = List.copyOf(input);
  }
}
