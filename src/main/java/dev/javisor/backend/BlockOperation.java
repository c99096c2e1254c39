package dev.javisor.backend;

/** What a guest asks of a disk: virtio 1.3 §5.2.6. */
public enum BlockOperation {
  /** Fill the guest's buffers with the disk's bytes. */
  READ,
  /** Store the guest's buffers. They need not be durable before the next {@link #FLUSH}. */
  WRITE,
  /**
   * Make durable every write, discard and zeroing that was complete when this was submitted. A
   * power failure after its completion loses none of them.
   */
  FLUSH,
  /** The guest needs these bytes no more: they may read as anything until they are written. */
  DISCARD,
  /** These bytes read as zero from here on. */
  WRITE_ZEROES
}
