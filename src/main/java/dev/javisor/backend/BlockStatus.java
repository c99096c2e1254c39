package dev.javisor.backend;

/**
 * How a request to a disk ended, as the guest is told: virtio 1.3 §5.2.6.
 *
 * <pre>{@code
 * void submit(BlockRequest request) {
 *   boolean known = request.operation() != BlockOperation.DISCARD;
 *   request.complete(known ? BlockStatus.OK : BlockStatus.UNSUPPORTED);
 * }
 * }</pre>
 */
public enum BlockStatus {
  /** It was carried out, in full. */
  OK,
  /** It failed. What a write left on the disk is not known. */
  IOERR,
  /** This disk does not do that. */
  UNSUPPORTED
}
