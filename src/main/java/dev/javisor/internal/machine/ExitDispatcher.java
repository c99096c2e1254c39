package dev.javisor.internal.machine;

import dev.javisor.event.VmExit;
import dev.javisor.internal.bus.Bus;
import dev.javisor.internal.bus.SystemControl;
import dev.javisor.internal.kvm.KvmExit;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands a vCPU's exits to whom they concern: port and memory accesses to the buses, ends of
 * interrupts to the IOAPIC, wishes for a reset to the machine.
 *
 * <p>Threading: all vCPU threads at once. Port and memory accesses allocate nothing.
 */
final class ExitDispatcher {
  private final Bus pioBus;
  private final Bus mmioBus;
  private final SystemControl control;
  private final IntConsumer endOfInterrupt;

  /**
   * @param control hears what the guest asks of KVM, not of a device
   * @param endOfInterrupt takes the vector of a level-triggered interrupt that a vCPU has ended
   */
  ExitDispatcher(Bus pioBus, Bus mmioBus, SystemControl control, IntConsumer endOfInterrupt) {
    this.pioBus = pioBus;
    this.mmioBus = mmioBus;
    this.control = control;
    this.endOfInterrupt = endOfInterrupt;
  }

  /**
   * Deals with one exit.
   *
   * @param position tells where the vCPU is, for messages
   * @return how the machine ends by it, or null if the vCPU goes on
   */
  @Nullable VmExit dispatch(int reason, KvmExit exit, Supplier<String> position) {
    switch (reason) {
      case KvmExit.IO -> port(exit);
      case KvmExit.MMIO -> memory(exit);
      case KvmExit.INTR -> {
        // A signal that is not ours; the guest goes on.
      }
      case KvmExit.IOAPIC_EOI -> endOfInterrupt.accept(exit.eoiVector());
      case KvmExit.SHUTDOWN -> {
        return new VmExit.TripleFault(position.get());
      }
      case KvmExit.SYSTEM_EVENT -> {
        return systemEvent(exit, position);
      }
      default -> {
        return failed(exit.describeFailure(reason), position);
      }
    }
    return null;
  }

  private void port(KvmExit exit) {
    int port = exit.ioPort();
    int size = exit.ioSize();
    int count = exit.ioCount();
    for (int i = 0; i < count; i++) {
      if (exit.ioIsWrite()) {
        pioBus.write(port, size, exit.ioValue(i));
      } else {
        exit.setIoValue(i, pioBus.read(port, size));
      }
    }
  }

  private @Nullable VmExit systemEvent(KvmExit exit, Supplier<String> position) {
    if (exit.systemEventIsShutdown()) {
      control.powerOff();
    } else if (exit.systemEventIsReset()) {
      control.reset();
    } else {
      return failed("KVM_EXIT_SYSTEM_EVENT of type %d".formatted(exit.systemEventType()), position);
    }
    return null;
  }

  private void memory(KvmExit exit) {
    long address = exit.mmioAddress();
    int length = exit.mmioLength();
    if (Integer.bitCount(length) == 1) {
      if (exit.mmioIsWrite()) {
        mmioBus.write(address, length, exit.mmioValue());
      } else {
        exit.setMmioValue(mmioBus.read(address, length));
      }
    } else {
      inPieces(exit, address, length);
    }
  }

  /** What is left of an access that straddles pages can have any length; devices know powers. */
  private void inPieces(KvmExit exit, long address, int length) {
    long value = exit.mmioIsWrite() ? exit.mmioValue() : 0;
    int done = 0;
    while (done < length) {
      int size = Integer.highestOneBit(length - done);
      int aligned = Long.numberOfTrailingZeros(address + done);
      size = aligned < 3 ? Math.min(size, 1 << aligned) : size;
      if (exit.mmioIsWrite()) {
        mmioBus.write(address + done, size, value >>> 8 * done & mask(size));
      } else {
        value |= (mmioBus.read(address + done, size) & mask(size)) << 8 * done;
      }
      done += size;
    }
    if (!exit.mmioIsWrite()) {
      exit.setMmioValue(value);
    }
  }

  private static long mask(int size) {
    return -1L >>> 64 - 8 * size;
  }

  private static VmExit failed(String what, Supplier<String> position) {
    return new VmExit.Failed(new VcpuFailureException(what + "; " + position.get()));
  }
}
