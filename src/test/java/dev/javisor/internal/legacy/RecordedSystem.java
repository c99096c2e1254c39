package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.SystemControl;
import java.util.ArrayList;
import java.util.List;

/** Notes what devices ask of the machine. */
final class RecordedSystem implements SystemControl {
  final List<String> requests = new ArrayList<>();

  @Override
  public void powerOff() {
    requests.add("power off");
  }

  @Override
  public void reset() {
    requests.add("reset");
  }
}
