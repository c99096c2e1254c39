package dev.javisor.backend;

/**
 * What a guest asks of a disk: virtio 1.3 §5.2.6.
 *
 * <pre>{@code
 * void submit(BlockRequest request) {
 *   switch (request.operation()) {
 *     case READ, WRITE -> request.fail(new IOException("the disk was pulled out"));
 *     default -> request.complete(BlockStatus.OK);
 *   }
 * }
 * }</pre>
 */
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
