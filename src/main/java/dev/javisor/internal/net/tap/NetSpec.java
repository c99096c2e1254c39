package dev.javisor.internal.net.tap;

import dev.javisor.backend.NetBackend;
import dev.javisor.internal.net.MacAddress;
import dev.javisor.internal.net.NicLimiters;
import dev.javisor.internal.net.user.UserSpec;
import org.jspecify.annotations.Nullable;

/**
 * A network device as it was asked for. Values are checked; what the host has may have changed.
 *
 * @param field what messages call it, such as {@code nets[0]}
 * @param id the device's name, unique in its machine
 * @param mac the guest's address
 * @param pairs of queues
 * @param queueSize descriptors of each queue
 * @param mtu the longest payload of a frame in bytes; 0 for what the other side has
 * @param limiters what its frames are kept to
 * @param backend the user's code; null for a TAP interface
 * @param user the network that is played in this process; null for another one
 * @param tap the interface; without meaning if {@code backend} or {@code user} is there, but for
 *     its offloads
 */
public record NetSpec(
    String field,
    String id,
    MacAddress mac,
    int pairs,
    int queueSize,
    int mtu,
    NicLimiters limiters,
    @Nullable NetBackend backend,
    @Nullable UserSpec user,
    TapSpec tap) {
  /** Not one that is played in this process. */
  public NetSpec(
      String field,
      String id,
      MacAddress mac,
      int pairs,
      int queueSize,
      int mtu,
      NicLimiters limiters,
      @Nullable NetBackend backend,
      TapSpec tap) {
    this(field, id, mac, pairs, queueSize, mtu, limiters, backend, null, tap);
  }
}
