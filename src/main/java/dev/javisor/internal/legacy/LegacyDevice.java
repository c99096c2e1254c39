package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.BusDevice;
import dev.javisor.internal.bus.Device;
import dev.javisor.internal.bus.DeviceState;

/**
 * A device of the platform: registers on one bus, and a life.
 *
 * @param <S> the device's state record
 */
public interface LegacyDevice<S extends DeviceState> extends BusDevice, Device<S> {}
