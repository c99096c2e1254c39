package dev.javisor.event;

import java.util.Map;
import java.util.OptionalLong;

/**
 * What a vCPU was doing at one moment. Not meant to be implemented outside Javisor.
 *
 * <pre>{@code
 * for (VcpuInfo vcpu : vm.vcpus()) {
 *   logger.info("vCPU {} is {}, exits: {}", vcpu.id(), vcpu.state(), vcpu.exits());
 * }
 * }</pre>
 */
public interface VcpuInfo {
  /** Its number, from 0. */
  int id();

  /** What it was doing. */
  VcpuState state();

  /** Its instruction pointer, a guest virtual address, where it could be read. */
  OptionalLong rip();

  /** How often it left the guest, by KVM's exit reason, such as {@code IO}. */
  Map<String, Long> exits();
}
