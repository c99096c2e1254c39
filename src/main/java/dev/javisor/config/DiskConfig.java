package dev.javisor.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A disk of a machine: a raw image file or a block device, which a Linux guest sees as {@code
 * /dev/vda}, {@code /dev/vdb} and so on, in the order of their adding. Values are checked by {@code
 * build()}.
 *
 * <pre>{@code
 * builder.disk(
 *     disk ->
 *         disk.path(Path.of("data.raw"))
 *             .serial("DATA")
 *             .rateLimit(RateLimit.bytesPerSecond(10_000_000)));
 * }</pre>
 *
 * <p>While the machine runs, its file is locked (open file description locks): one machine that
 * writes, or any number that only read.
 */
public interface DiskConfig {
  /** The file or block device; its size is a multiple of 512 bytes. Not for a disk in Java code. */
  DiskConfig path(Path path);

  /** Whether the guest may only read. Default false. */
  DiskConfig readOnly(boolean readOnly);

  /**
   * Whether the host's page cache is bypassed (O_DIRECT). Default false. Not every file system has
   * it; not for a disk in Java code.
   */
  DiskConfig direct(boolean direct);

  /**
   * The number of queues, 1 to 64, each with a thread of the host. Default 1. Linux uses no more
   * than it has vCPUs.
   */
  DiskConfig queues(int queues);

  /** How many descriptors a queue has: a power of two from 4 to 1024. Default 128. */
  DiskConfig queueSize(int queueSize);

  /**
   * What the guest reads in {@code /sys/block/vda/serial}: up to 20 printable ASCII characters.
   * Default: the id.
   */
  DiskConfig serial(String serial);

  /**
   * The device's name in logs, events and counters: 1 to 64 printable ASCII characters, no other
   * device's. Default {@code disk0} for the first, {@code disk1} for the second.
   */
  DiskConfig id(String id);

  /**
   * Keeps the disk to a limit of its own, which {@link #rateLimiter} can change later. Default:
   * none.
   */
  default DiskConfig rateLimit(RateLimit limit) {
    return rateLimiter(RateLimiter.of(limit));
  }

  /**
   * Keeps the disk to the limit of a limiter. Disks that have the same one share what it allows.
   */
  DiskConfig rateLimiter(RateLimiter limiter);

  /** How requests are carried out on the file. Default {@link DiskEngine#AUTO}. */
  DiskConfig engine(DiskEngine engine);

  /**
   * How long at most a queue's thread looks for the guest's next request before it sleeps, 0 to 1
   * ms. Default zero: it sleeps at once. With 50 us, say, a guest that has one request under way at
   * a time gets its answers sooner, since neither its notification nor waking the thread up takes
   * part any more; the price is a host's processor that looks instead of resting, and where others
   * want that processor nothing is gained.
   *
   * <p>The time adapts itself: it grows while a longer look would have found a request and shrinks,
   * to nothing, while requests are rarer than that; an idle disk costs nothing. Where the machine's
   * vCPUs and the threads that look are more than the host's processors, others run between looks.
   *
   * <p>Not together with a {@link dev.javisor.QueueLoop}, which must not wait for one guest.
   */
  DiskConfig poll(Duration most);
}
