package dev.javisor.internal.machine;

import dev.javisor.internal.bus.DeviceState;
import dev.javisor.internal.kvm.VcpuState;
import java.util.List;

/**
 * Everything of a paused machine that its guest could tell apart, but for what is in RAM and on
 * disks. What a device had under way is done, or given back to its rings in RAM.
 *
 * @param version the layout of this record, {@value #VERSION}
 * @param ramBytes the size of RAM
 * @param physicalBits the width of guest physical addresses, on which the places of devices depend
 * @param clockNanos the guest's paravirtual clock in nanoseconds
 * @param resetWished whether the guest has asked for a reset, which comes once it goes on
 * @param vcpus the vCPUs by number
 * @param devices the devices, interrupt controllers and buses
 */
public record MachineState(
    int version,
    long ramBytes,
    int physicalBits,
    long clockNanos,
    boolean resetWished,
    List<VcpuState> vcpus,
    List<Part> devices) {
  /** The layout that this build writes and reads. */
  public static final int VERSION = 1;

  /**
   * A device's part of it.
   *
   * @param id the device's name, unique in its machine
   * @param state what it saved
   */
  public record Part(String id, DeviceState state) {}

  public MachineState {
    vcpus = List.copyOf(vcpus);
    devices = List.copyOf(devices);
  }

  /**
   * Refuses a machine that is not like the one this was saved of; devices look for themselves.
   *
   * @throws IllegalArgumentException saying what differs
   */
  void requireFit(long ramBytesHere, int physicalBitsHere, int vcpusHere) {
    require("version", version, VERSION);
    require("bytes of RAM", ramBytes, ramBytesHere);
    require("bits of guest physical addresses", physicalBits, physicalBitsHere);
    require("vCPUs", vcpus.size(), vcpusHere);
  }

  /** Whether any local APIC has an interrupt with this vector pending or in service. */
  boolean holdsInterrupt(int vector) {
    return vcpus.stream().anyMatch(vcpu -> vcpu.holdsInterrupt(vector));
  }

  private static void require(String what, long there, long here) {
    if (there != here) {
      throw new IllegalArgumentException(
          "%s: the state has %d, this machine %d".formatted(what, there, here));
    }
  }
}
