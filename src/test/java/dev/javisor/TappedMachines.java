package dev.javisor;

import dev.javisor.event.VmExit;
import dev.javisor.internal.config.HostMemory;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.machine.HostFacts;
import dev.javisor.internal.machine.HostProblem;
import dev.javisor.internal.machine.Machine;
import dev.javisor.internal.machine.MachineListener;
import dev.javisor.internal.machine.MachineSpec;
import dev.javisor.internal.machine.Platform;
import dev.javisor.internal.machine.Platforms;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builders of real machines whose serial output is heard on the vCPU's thread, the moment that it
 * is written: for measurements.
 */
public final class TappedMachines {
  /** Hears a byte before the console does. */
  @FunctionalInterface
  public interface Tap {
    /** Called on the vCPU's thread; allocates and blocks as it would in a device. */
    void onByte(byte b);
  }

  private TappedMachines() {}

  /** A builder of machines on this host. */
  public static VirtualMachine.Builder builder(Tap tap) {
    return new DefaultBuilder(
        new TappedPlatform(Platforms.thisHost(), tap), HostMemory.ofThisHost());
  }

  private record TappedPlatform(Platform real, Tap tap) implements Platform {
    @Override
    public HostFacts facts() {
      return real.facts();
    }

    @Override
    public Optional<HostProblem> stockKernel() {
      return real.stockKernel();
    }

    @Override
    public List<Problem> check(MachineSpec spec) {
      return real.check(spec);
    }

    @Override
    public Machine create(MachineSpec spec, MachineListener listener) {
      return real.create(spec, new TappedListener(listener, tap));
    }
  }

  private record TappedListener(MachineListener real, Tap tap) implements MachineListener {
    @Override
    public void onConsoleOutput(byte b) {
      tap.onByte(b);
      real.onConsoleOutput(b);
    }

    @Override
    public void onConsoleInputReady() {
      real.onConsoleInputReady();
    }

    @Override
    public @Nullable VmExit onGuestReset() {
      return real.onGuestReset();
    }

    @Override
    public void onReboot() {
      real.onReboot();
    }

    @Override
    public void onExit(VmExit exit) {
      real.onExit(exit);
    }
  }
}
