package dev.javisor.internal.machine;

import dev.javisor.internal.bus.Device;
import dev.javisor.internal.bus.DeviceState;
import java.util.ArrayList;
import java.util.List;

/** Takes the states of devices together, and gives them back. */
final class DeviceStates {
  private DeviceStates() {}

  /** The states of devices, which are quiesced. */
  static List<MachineState.Part> save(List<Device<?>> devices) {
    List<MachineState.Part> parts = new ArrayList<>();
    devices.forEach(device -> parts.add(new MachineState.Part(device.id(), device.save())));
    return parts;
  }

  /**
   * Gives each device its own state; all are quiesced.
   *
   * @throws IllegalArgumentException if these are other devices' states, and nothing is changed; or
   *     if one refuses its own, and those before it have taken theirs
   */
  static void restore(List<Device<?>> devices, List<MachineState.Part> parts) {
    List<String> here = devices.stream().map(Device::id).toList();
    List<String> there = parts.stream().map(MachineState.Part::id).toList();
    if (!here.equals(there)) {
      throw new IllegalArgumentException(
          "the state is of a machine with the devices %s, this one has %s".formatted(there, here));
    }
    for (int i = 0; i < parts.size(); i++) {
      checkType(devices.get(i), parts.get(i).state());
    }
    for (int i = 0; i < parts.size(); i++) {
      restore(devices.get(i), parts.get(i).state());
    }
  }

  private static void checkType(Device<?> device, DeviceState state) {
    Class<?> expected = device.save().getClass();
    if (state.getClass() != expected) {
      throw new IllegalArgumentException(
          "%s: a %s, expected a %s"
              .formatted(device.id(), state.getClass().getSimpleName(), expected.getSimpleName()));
    }
  }

  private static <S extends DeviceState> void restore(Device<S> device, DeviceState state) {
    // Its class is that of what this very device saves.
    @SuppressWarnings("unchecked")
    S own = (S) state;
    try {
      device.restore(own);
    } catch (IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      throw new IllegalArgumentException(
          why.startsWith(device.id()) ? why : device.id() + ": " + why, e);
    }
  }
}
