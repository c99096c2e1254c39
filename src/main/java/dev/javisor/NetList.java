package dev.javisor;

import dev.javisor.internal.config.Problem;
import dev.javisor.internal.machine.DeviceIds;
import dev.javisor.internal.machine.MachineNic;
import dev.javisor.internal.net.tap.NetSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The network devices as the builder was told, in their order. */
final class NetList {
  private final List<NetSettings> nets = new ArrayList<>();

  void add(NetSettings net) {
    nets.add(net);
  }

  boolean isEmpty() {
    return nets.isEmpty();
  }

  /**
   * Makes out the devices, and looks at what is behind them.
   *
   * @param ids knows the names of other devices, and gets theirs
   * @param problems takes the mistakes
   */
  List<MachineNic> resolve(DeviceIds ids, List<Problem> problems) {
    List<NetSpec> specs = new ArrayList<>();
    for (NetSettings net : nets) {
      int before = problems.size();
      NetSpec spec = net.resolve(specs.size(), problems);
      ids.claim(spec.field(), spec.id(), problems);
      specs.forEach(other -> checkAgainst(other, spec, problems));
      if (problems.size() == before) {
        MachineNic.check(spec).ifPresent(problems::add);
      }
      specs.add(spec);
    }
    return specs.stream().map(MachineNic::new).toList();
  }

  private static void checkAgainst(NetSpec other, NetSpec spec, List<Problem> problems) {
    String too = "%s has that, too".formatted(other.field());
    if (spec.mac().equals(other.mac())) {
      problems.add(new Problem(spec.field() + ".mac", spec.mac().toString(), too));
    }
    String tap = spec.tap().name();
    if (tap != null && !tap.contains("%") && Objects.equals(tap, other.tap().name())) {
      problems.add(new Problem(spec.field() + ".tap", tap, too));
    }
    if (spec.backend() != null && spec.backend() == other.backend()) {
      problems.add(
          new Problem(
              spec.field(),
              spec.backend().getClass().getName(),
              "%s is the same object; each network device needs its own".formatted(other.field())));
    }
  }
}
