package dev.javisor.internal.image;

import dev.javisor.internal.sys.DiskFile;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.NativeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file beside the one that it becomes once it is whole. It is locked as long as its maker lives;
 * one that is not was left by the dead, and the next maker in that folder deletes it. Threading:
 * one thread.
 */
final class Unfinished implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Unfinished.class);
  private static final String PREFIX = ".javisor-new-";
  private static final int TRIES = 10;

  private final Path path;
  private final DiskFile lock;

  private Unfinished(Path path, DiskFile lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Makes an empty file, and deletes what dead makers left beside it.
   *
   * @throws IOException if it cannot be made
   */
  static Unfinished beside(Path target) throws IOException {
    Path folder = target.toAbsolutePath().resolveSibling(PREFIX).getParent();
    if (folder != null) {
      sweep(folder);
    }
    for (int i = 0; i < TRIES; i++) {
      byte[] random = new byte[6];
      new SecureRandom().nextBytes(random);
      Path path = target.toAbsolutePath().resolveSibling(PREFIX + HexFormat.of().formatHex(random));
      Files.createFile(path);
      DiskFile file = open(path);
      // Another process may have taken it for a leftover before it was locked.
      if (!isLocked(file.lock(true)) && Files.exists(path)) {
        return new Unfinished(path, file);
      }
      file.close();
    }
    throw new IOException("others delete the new file each time");
  }

  Path path() {
    return path;
  }

  /** Puts it into the target's place. */
  void publish(Path target) throws IOException {
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Deletes it, unless it was published. */
  @Override
  public void close() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      log.warn("{} cannot be deleted ({}): delete it", path, e.toString());
    } finally {
      lock.close();
    }
  }

  private static void sweep(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.getFileName().toString().startsWith(PREFIX)
            && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          deleteUnlessLocked(file);
        }
      }
    }
  }

  private static void deleteUnlessLocked(Path file) {
    try (DiskFile leftover = open(file)) {
      if (leftover.lock(true) == 0 && Files.deleteIfExists(file)) {
        log.info("deleted {}, which a process left that died", file);
      }
    } catch (IOException e) {
      log.debug("{} is somebody else's", file, e);
    }
  }

  private static boolean isLocked(long result) {
    // Where there are no locks at all, nothing is taken for a leftover either.
    return result == -Errno.EAGAIN || result == -Errno.EACCES;
  }

  private static DiskFile open(Path file) throws IOException {
    try {
      return DiskFile.openDisk(file, Fd.O_RDWR);
    } catch (NativeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
