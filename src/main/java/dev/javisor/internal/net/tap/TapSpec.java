package dev.javisor.internal.net.tap;

import dev.javisor.internal.net.MacAddress;
import dev.javisor.internal.net.Offloads;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A TAP interface as it was asked for. Values are checked; what the host has may have changed.
 *
 * @param name of the interface; null for one with a name of the kernel's choice
 * @param descriptors of its queues, open in this process; if there are any, they are what is used
 * @param address the host's end of it gets, if the interface is made anew; null for one of a
 *     network that is free, or none
 * @param choosesAddress whether it gets one of a network that is free where none is named
 * @param hostMac the hardware address of the host's end; null for what it has
 * @param mtu to be set; 0 for what it has
 * @param pairs of queues
 * @param offloads that guest and host may use
 */
public record TapSpec(
    @Nullable String name,
    List<Integer> descriptors,
    @Nullable HostAddress address,
    boolean choosesAddress,
    @Nullable MacAddress hostMac,
    int mtu,
    int pairs,
    Offloads offloads) {
  public TapSpec {
    descriptors = List.copyOf(descriptors);
  }
}
