package dev.javisor;

import dev.javisor.event.VmEvent;
import dev.javisor.event.VmExit;
import dev.javisor.event.VmState;
import java.time.Instant;
import java.util.Optional;

/** The events as values. */
final class VmEvents {
  private VmEvents() {}

  record StateChanged(String vm, Instant time, VmState from, VmState to)
      implements VmEvent.StateChanged {}

  record Exited(String vm, Instant time, VmExit exit) implements VmEvent.Exited {}

  record Rebooted(String vm, Instant time, Optional<String> panic) implements VmEvent.Rebooted {}

  record PanicText(String vm, Instant time, String message) implements VmEvent.PanicText {}

  record DeviceActivated(String vm, Instant time, String device)
      implements VmEvent.DeviceActivated {}

  record DeviceReset(String vm, Instant time, String device) implements VmEvent.DeviceReset {}

  record ConsoleOverflow(String vm, Instant time, long capacity)
      implements VmEvent.ConsoleOverflow {}
}
