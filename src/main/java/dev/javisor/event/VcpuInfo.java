package dev.javisor.event;

import java.util.Map;
import java.util.OptionalLong;

/** What a vCPU was doing at one moment. Not meant to be implemented outside Javisor. */
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
