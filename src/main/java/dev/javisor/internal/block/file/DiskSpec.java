package dev.javisor.internal.block.file;

import dev.javisor.backend.BlockBackend;
import dev.javisor.config.DiskEngine;
import dev.javisor.config.RateLimiter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A disk as it was asked for. Numbers are checked; files may have changed since.
 *
 * @param field what messages call it, such as {@code disks[0]}
 * @param id the device's name, unique in its machine
 * @param path the file or block device; null if {@code backend} is there
 * @param backend the user's code; null if {@code path} is there
 * @param readOnly whether the guest may only read
 * @param direct whether the host's page cache is bypassed
 * @param queues the number of queues
 * @param queueSize descriptors of each
 * @param serial what the guest is told by GET_ID, up to 20 ASCII characters; may be empty
 * @param limiter what its requests are kept to
 * @param engine how requests reach the file
 * @param pollNanos how long a queue's thread may look for requests before it sleeps; 0 for none
 */
public record DiskSpec(
    String field,
    String id,
    @Nullable Path path,
    @Nullable BlockBackend backend,
    boolean readOnly,
    boolean direct,
    int queues,
    int queueSize,
    String serial,
    RateLimiter limiter,
    DiskEngine engine,
    long pollNanos) {
  /** A disk without a rate limit that is not polled. */
  public DiskSpec(
      String field,
      String id,
      @Nullable Path path,
      @Nullable BlockBackend backend,
      boolean readOnly,
      boolean direct,
      int queues,
      int queueSize,
      String serial,
      DiskEngine engine) {
    this(
        field,
        id,
        path,
        backend,
        readOnly,
        direct,
        queues,
        queueSize,
        serial,
        RateLimiter.UNLIMITED,
        engine,
        0);
  }
}
