package dev.javisor;

import dev.javisor.error.WaitException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
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
    try {
      Vsock unused = vm.vsock();
      return null;
    } catch (IllegalStateException e) {
      throw new WaitException(
          "VM %s was built without a vsock device, which this wait needs: call builder.vsock()"
              .formatted(vm.name()),
          Duration.ZERO,
          List.of(),
          null,
          List.of(),
          "");
    }
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
