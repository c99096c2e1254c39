package dev.javisor.internal.machine;

import dev.javisor.event.VmExit;
import dev.javisor.internal.bus.Bus;
import dev.javisor.internal.kvm.KvmExit;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands a vCPU's exits to whom they concern: port and memory accesses to the buses, ends of
 * interrupts to the IOAPIC.
 *
 * <p>Threading: all vCPU threads at once. Port and memory accesses allocate nothing.
 */
final class ExitDispatcher {
  private final Bus pioBus;
  private final Bus mmioBus;
  private final IntConsumer endOfInterrupt;

  /**
   * @param endOfInterrupt takes the vector of a level-triggered interrupt that a vCPU has ended
   */
  ExitDispatcher(Bus pioBus, Bus mmioBus, IntConsumer endOfInterrupt) {
    this.pioBus = pioBus;
    this.mmioBus = mmioBus;
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
        if (exit.systemEventIsShutdown()) {
          return new VmExit.PowerOff();
        }
        return failed(
            "KVM_EXIT_SYSTEM_EVENT of type %d".formatted(exit.systemEventType()), position);
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

  private void memory(KvmExit exit) {
    if (exit.mmioIsWrite()) {
      mmioBus.write(exit.mmioAddress(), exit.mmioLength(), exit.mmioValue());
    } else {
      exit.setMmioValue(mmioBus.read(exit.mmioAddress(), exit.mmioLength()));
    }
  }

  private static VmExit failed(String what, Supplier<String> position) {
    return new VmExit.Failed(new VcpuFailureException(what + "; " + position.get()));
  }
}
