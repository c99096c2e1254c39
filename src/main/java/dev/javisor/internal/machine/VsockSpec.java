package dev.javisor.internal.machine;

import dev.javisor.internal.virtio.vsock.VsockConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a vsock device and its host's side are made from.
 *
 * @param id the device's name
 * @param cid the guest's address
 * @param socket where other processes reach the guest; null for nowhere
 */
public record VsockSpec(String id, long cid, @Nullable Path socket) {
  /** The first address of a guest. */
  public static final long LEAST_CID = VsockConfig.LEAST_CID;

  /** The last address of a guest. */
  public static final long MOST_CID = VsockConfig.MOST_CID;
}
