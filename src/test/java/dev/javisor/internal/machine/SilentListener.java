package dev.javisor.internal.machine;

import dev.javisor.event.VmExit;
import org.jspecify.annotations.Nullable;

/** Does nothing about what it hears. */
final class SilentListener implements MachineListener {
  @Override
  public void onConsoleOutput(byte b) {}

  @Override
  public void onConsoleInputReady() {}

  @Override
  public @Nullable VmExit onGuestReset() {
    return null;
  }

  @Override
  public void onReboot() {}

  @Override
  public void onExit(VmExit exit) {}
}
