package dev.javisor.internal.net.user;

import dev.javisor.config.NetPolicy;
import org.jspecify.annotations.Nullable;

/**
 * A user-mode network as it was asked for; values are checked.
 *
 * @param subnet where the guest is; null for one that is free
 * @param policy whom it may reach
 * @param hostName what the guest is told that it is called; null for nothing
 */
public record UserSpec(@Nullable Subnet4 subnet, NetPolicy policy, @Nullable String hostName) {
  /**
   * An IPv4 network.
   *
   * @param network its address
   * @param prefix its length in bits
   */
  public record Subnet4(int network, int prefix) {}
}
