package dev.javisor.internal.machine;

import dev.javisor.event.VcpuInfo;
import dev.javisor.event.VcpuState;
import java.util.Map;
import java.util.OptionalLong;

/** A {@link VcpuInfo} as a value. */
public record VcpuReport(int id, VcpuState state, OptionalLong rip, Map<String, Long> exits)
    implements VcpuInfo {
  public VcpuReport {
    exits = Map.copyOf(exits);
  }

  @Override
  public String toString() {
    String at = rip.isPresent() ? " at rip 0x%x".formatted(rip.getAsLong()) : "";
    return "vCPU %d: %s%s, exits %s".formatted(id, state, at, exits);
  }
}
