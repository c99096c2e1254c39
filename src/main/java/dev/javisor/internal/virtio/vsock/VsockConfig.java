package dev.javisor.internal.virtio.vsock;

/**
 * What a vsock device is made with.
 *
 * @param id its name, unique in its machine
 * @param cid the guest's address, {@link #LEAST_CID} to {@link #MOST_CID}
 */
public record VsockConfig(String id, long cid) {
  /** The first address that is no special one: virtio 1.3 §5.10.4. */
  public static final long LEAST_CID = 3;

  /** The last one; its upper 32 bits are zero, and the one after it stands for any. */
  public static final long MOST_CID = 0xffff_fffeL;

  public VsockConfig {
    if (cid < LEAST_CID || cid > MOST_CID) {
      throw new IllegalArgumentException("CID %d, %d to %d".formatted(cid, LEAST_CID, MOST_CID));
    }
  }
}
