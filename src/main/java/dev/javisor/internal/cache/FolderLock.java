package dev.javisor.internal.cache;

import dev.javisor.internal.sys.DiskFile;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.NativeException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock among threads and processes, held on a file that stays. The operating system frees it when
 * its holder dies. It belongs to the open file and not, as Java's own locks do, to the process:
 * there any thread that opens and closes the file gives up what another one has.
 */
public final class FolderLock implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FolderLock.class);
  private static final long POLL_MILLIS = 50;

  private final DiskFile file;

  private FolderLock(DiskFile file) {
    this.file = file;
  }

  /**
   * Takes the lock. Polls, since one JVM's threads get no turn on a file lock by waiting for it.
   *
   * @param file an empty file, made if it is missing
   * @throws CacheException if others hold it for longer than {@code patience}
   */
  public static FolderLock take(Path file, Duration patience) throws IOException {
    DiskFile opened = open(file);
    boolean taken = false;
    try {
      long deadline = System.nanoTime() + patience.toNanos();
      boolean told = false;
      while (!tryLock(opened)) {
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
      return new FolderLock(opened);
    } finally {
      if (!taken) {
        opened.close();
      }
    }
  }

  private static DiskFile open(Path file) throws IOException {
    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
    try {
      return DiskFile.openDisk(file, Fd.O_RDWR);
    } catch (NativeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static boolean tryLock(DiskFile opened) throws IOException {
    long result = opened.lock(true);
    if (result == 0) {
      return true;
    }
    if (result == -Errno.EAGAIN || result == -Errno.EACCES) {
      return false;
    }
    throw new IOException(
        "%s cannot be locked: %s".formatted(opened.name(), Errno.name((int) -result)));
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
  public void close() {
    file.close();
  }
}
