package dev.javisor.internal.cache;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock among threads and processes, held on a file that stays. The operating system frees it when
 * its holder dies.
 */
public final class FolderLock implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FolderLock.class);
  private static final long POLL_MILLIS = 50;

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock. Polls, since one JVM's threads get no turn on a file lock by waiting for it.
   *
   * @param file an empty file, made if it is missing
   * @throws CacheException if others hold it for longer than {@code patience}
   */
  public static FolderLock take(Path file, Duration patience) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean taken = false;
    try {
      long deadline = System.nanoTime() + patience.toNanos();
      boolean told = false;
      while (!tryLock(channel)) {
        if (System.nanoTime() - deadline > 0) {
          throw new CacheException(
              "%s was locked by another thread or process for %s".formatted(file, patience));
        }
        if (!told) {
          log.info("waiting for another thread or process that fills {}", file.getParent());
          told = true;
        }
        pause();
      }
      taken = true;
      return new FolderLock(channel);
    } finally {
      if (!taken) {
        channel.close();
      }
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      // Another thread of this JVM has it.
      return false;
    }
  }

  private static void pause() throws InterruptedIOException {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the cache's lock");
    }
  }

  /** Gives the lock back. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
