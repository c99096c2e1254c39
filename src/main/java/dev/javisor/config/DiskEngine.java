package dev.javisor.config;

/**
 * How a disk's requests are carried out on its file.
 *
 * <pre>{@code
 * builder.disk(disk -> disk.path(Path.of("data.raw")).direct(true).engine(DiskEngine.IO_URING));
 * }</pre>
 */
public enum DiskEngine {
  /** What is faster: io_uring where the page cache is bypassed, blocking calls otherwise. */
  AUTO,
  /** Blocking calls (preadv and its like) on the thread of the queue. */
  SYNC,
  /** Linux's io_uring: many requests at once. Needs Linux 5.11, and a host that allows it. */
  IO_URING
}
