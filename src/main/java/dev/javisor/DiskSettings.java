package dev.javisor;

import static java.util.Objects.requireNonNull;

import dev.javisor.backend.BlockBackend;
import dev.javisor.config.DiskConfig;
import dev.javisor.config.DiskEngine;
import dev.javisor.config.RateLimiter;
import dev.javisor.internal.block.file.DiskSpec;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.virtio.blk.BlkConfig;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A disk as the builder was told. */
final class DiskSettings implements DiskConfig {
  private static final int LONGEST_ID = 64;
  private static final int DEFAULT_QUEUE_SIZE = 128;
  private static final Duration MOST_POLL = Duration.ofNanos(BlkConfig.MOST_POLL_NANOS);

  private final @Nullable BlockBackend backend;
  private @Nullable Path path;
  private boolean readOnly;
  private boolean direct;
  private int queues = 1;
  private int queueSize = DEFAULT_QUEUE_SIZE;
  private @Nullable String serial;
  private @Nullable String id;
  private RateLimiter limiter = RateLimiter.UNLIMITED;
  private DiskEngine engine = DiskEngine.AUTO;
  private Duration poll = Duration.ZERO;

  /**
   * @param backend the user's code that is the disk; null for a disk with a path
   */
  DiskSettings(@Nullable BlockBackend backend) {
    this.backend = backend;
  }

  /** The user's code that is the disk, if it has no path. */
  @Nullable BlockBackend backend() {
    return backend;
  }

  @Override
  public DiskConfig path(Path path) {
    this.path = requireNonNull(path, "path");
    return this;
  }

  @Override
  public DiskConfig readOnly(boolean readOnly) {
    this.readOnly = readOnly;
    return this;
  }

  @Override
  public DiskConfig direct(boolean direct) {
    this.direct = direct;
    return this;
  }

  @Override
  public DiskConfig queues(int queues) {
    this.queues = queues;
    return this;
  }

  @Override
  public DiskConfig queueSize(int queueSize) {
    this.queueSize = queueSize;
    return this;
  }

  @Override
  public DiskConfig serial(String serial) {
    this.serial = requireNonNull(serial, "serial");
    return this;
  }

  @Override
  public DiskConfig id(String id) {
    this.id = requireNonNull(id, "id");
    return this;
  }

  @Override
  public DiskConfig rateLimiter(RateLimiter limiter) {
    this.limiter = requireNonNull(limiter, "limiter");
    return this;
  }

  @Override
  public DiskConfig engine(DiskEngine engine) {
    this.engine = requireNonNull(engine, "engine");
    return this;
  }

  @Override
  public DiskConfig poll(Duration most) {
    poll = requireNonNull(most, "most");
    return this;
  }

  /**
   * Makes out the disk.
   *
   * @param index among the disks
   * @param problems takes the mistakes
   */
  DiskSpec resolve(int index, List<Problem> problems) {
    String field = "disks[%d]".formatted(index);
    String name = id != null ? id : "disk" + index;
    String told = serial != null ? serial : shortened(name);
    checkSource(field, problems);
    if (name.isEmpty() || name.length() > LONGEST_ID || !printable(name)) {
      problems.add(
          new Problem(field + ".id", shown(name), "expected 1 to 64 printable ASCII characters"));
    }
    if (told.length() > BlkConfig.MOST_SERIAL || !printable(told)) {
      problems.add(
          new Problem(
              field + ".serial", shown(told), "expected up to 20 printable ASCII characters"));
    }
    checkQueues(field, problems);
    return new DiskSpec(
        field,
        name,
        path,
        backend,
        readOnly,
        direct,
        queues,
        queueSize,
        told,
        limiter,
        engine,
        pollNanos(field, problems));
  }

  private void checkSource(String field, List<Problem> problems) {
    if (backend != null) {
      if (path != null || direct || engine != DiskEngine.AUTO) {
        problems.add(
            new Problem(
                field,
                backend.getClass().getName(),
                "a disk in Java code has no path, direct and engine"));
      }
    } else if (path == null) {
      problems.add(
          new Problem(
              field + ".path", "unset", "expected the path of a raw image or block device"));
    } else if (path.getFileSystem() != FileSystems.getDefault()) {
      problems.add(
          new Problem(
              field + ".path",
              path.toString(),
              "expected a file of the default file system; copy it there"));
    }
  }

  private void checkQueues(String field, List<Problem> problems) {
    if (queues < 1 || queues > BlkConfig.MOST_QUEUES) {
      problems.add(
          new Problem(
              field + ".queues",
              Integer.toString(queues),
              "expected 1 to " + BlkConfig.MOST_QUEUES));
    }
    if (Integer.bitCount(queueSize) != 1
        || queueSize < BlkConfig.LEAST_QUEUE_SIZE
        || queueSize > BlkConfig.MOST_QUEUE_SIZE) {
      problems.add(
          new Problem(
              field + ".queueSize",
              Integer.toString(queueSize),
              "expected a power of two, %d to %d"
                  .formatted(BlkConfig.LEAST_QUEUE_SIZE, BlkConfig.MOST_QUEUE_SIZE)));
    }
  }

  private long pollNanos(String field, List<Problem> problems) {
    if (poll.isNegative() || poll.compareTo(MOST_POLL) > 0) {
      problems.add(
          new Problem(
              field + ".poll",
              poll.toString(),
              "expected 0 to %d microseconds".formatted(MOST_POLL.toNanos() / 1000)));
      return 0;
    }
    return poll.toNanos();
  }

  private static boolean printable(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
  }

  private static String shortened(String name) {
    return name.length() > BlkConfig.MOST_SERIAL ? name.substring(0, BlkConfig.MOST_SERIAL) : name;
  }

  private static String shown(String value) {
    String line = value.replaceAll("\\p{Cc}", "?");
    return line.length() > 80 ? line.substring(0, 77) + "..." : line;
  }
}
