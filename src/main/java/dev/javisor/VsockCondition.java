package dev.javisor;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who accepts connections.
 *
 * @param port the guest's vsock port
 */
record VsockCondition(int port) implements WaitCondition {
  @Override
  public String description() {
    return "vsock port " + Integer.toUnsignedString(port) + " of the guest accepts connections";
  }

  @Override
  public @Nullable String tryOnce(VirtualMachine vm, Duration limit) throws InterruptedException {
    try {
      vm.vsock().connect(port, limit).close();
      return null;
    } catch (ClosedByInterruptException e) {
      // The interrupt is told by the exception from now on.
      boolean unused = Thread.interrupted();
      throw WaitRun.interrupted(e);
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Override
  public Duration longestTry() {
    return Duration.ofSeconds(2);
  }

  @Override
  public boolean outlivesTheGuest() {
    return false;
  }
}
