package dev.javisor;

import java.io.IOException;
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
  public @Nullable String hindrance(VirtualMachine vm) {
    // Fails if there is no device.
    Vsock unused = vm.vsock();
    return null;
  }

  @Override
  public @Nullable String tryOnce(VirtualMachine vm, Duration limit) throws InterruptedException {
    try {
      vm.vsock().connect(port, limit).close();
      return null;
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
