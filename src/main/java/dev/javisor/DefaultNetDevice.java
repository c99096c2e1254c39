package dev.javisor;

import dev.javisor.internal.machine.MachineNic;
import java.util.Optional;

/** A network device, as users see it. */
record DefaultNetDevice(MachineNic nic) implements NetDevice {
  @Override
  public String id() {
    return nic.id();
  }

  @Override
  public String mac() {
    return nic.mac();
  }

  @Override
  public Optional<String> tap() {
    return nic.tap();
  }

  @Override
  public Optional<String> hostAddress() {
    return nic.hostAddress();
  }

  @Override
  public boolean linkUp() {
    return nic.linkUp();
  }

  @Override
  public void link(boolean up) {
    nic.link(up);
  }

  @Override
  public void announce() {
    nic.announce();
  }

  @Override
  public String toString() {
    return "%s (%s)".formatted(id(), mac());
  }
}
