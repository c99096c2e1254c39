package dev.javisor.internal.image;

import dev.javisor.error.ImageException;
import dev.javisor.internal.cache.CacheException;
import dev.javisor.internal.cache.FolderLock;
import dev.javisor.internal.image.tree.Failures;
import dev.javisor.internal.sys.DiskFile;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.NativeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps disks by the digest of what they are made from, for all processes of a user. One makes a
 * disk while the others wait (a lock that the operating system frees when its holder dies); a disk
 * appears whole or not at all; what the dead left half made is deleted under the same lock.
 *
 * <p>Eviction: once the disks take more than the limit, those go whose last use is longest ago, but
 * none that was used within the last hour. A disk that is deleted under a machine stays until that
 * one lets go of it. Safe for use by several threads.
 */
public final class DiskCache {
  private static final Logger log = LoggerFactory.getLogger(DiskCache.class);
  private static final Duration PATIENCE = Duration.ofMinutes(30);
  private static final Duration SETTLED = Duration.ofHours(1);
  private static final String DISK = ".ext4";
  private static final String LOCK = ".lock";
  private static final String WORK = ".new";

  private final Path folder;
  private final long limit;
  private final Clock clock;

  /**
   * @param folder made when first needed
   * @param limit bytes that all disks together may take on this host
   */
  public DiskCache(Path folder, long limit, Clock clock) {
    this.folder = folder;
    this.limit = limit;
    this.clock = clock;
  }

  /**
   * The disk of a key, made first if there is none.
   *
   * @param key letters and digits
   * @param maker writes the file that it is given, whole or not at all
   * @throws ImageException if it cannot be made or kept
   */
  public Path disk(String key, Consumer<Path> maker) {
    Path disk = folder.resolve(key + DISK);
    if (use(disk)) {
      return disk;
    }
    try {
      Files.createDirectories(folder);
      try (FolderLock lock = FolderLock.take(folder.resolve(key + LOCK), PATIENCE)) {
        if (!use(disk)) {
          // Each key has a folder of its own to work in: what is there was left by the dead.
          Path work = Files.createDirectories(folder.resolve(key + WORK));
          try {
            clean(work);
            Path made = work.resolve("disk");
            maker.accept(made);
            Files.move(made, disk, StandardCopyOption.ATOMIC_MOVE);
            use(disk);
          } finally {
            clean(work);
            Files.deleteIfExists(work);
          }
        }
      }
      sweep();
      evict(disk);
      return disk;
    } catch (IOException e) {
      throw Failures.host(folder.toString(), e);
    }
  }

  /** Deletes all disks and leftovers that nobody makes right now. */
  public void clear() {
    try {
      for (Path disk : disks()) {
        Files.deleteIfExists(disk);
      }
    } catch (IOException e) {
      throw Failures.host(folder.toString(), e);
    }
  }

  private boolean use(Path disk) {
    try {
      Files.setLastModifiedTime(disk, FileTime.from(clock.instant()));
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      // A cache that may only be read.
      return Files.isReadable(disk);
    }
  }

  private static void clean(Path work) throws IOException {
    if (!Files.isDirectory(work)) {
      return;
    }
    try (Stream<Path> files = Files.list(work)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Deletes what makers of other disks left that died. */
  private void sweep() throws IOException {
    for (Path work : named(WORK)) {
      String name = work.getFileName().toString();
      String key = name.substring(0, name.length() - WORK.length());
      try (FolderLock lock = FolderLock.take(folder.resolve(key + LOCK), Duration.ZERO)) {
        clean(work);
        Files.deleteIfExists(work);
      } catch (CacheException e) {
        log.debug("{} is being made", key);
      }
    }
  }

  private record Kept(Path file, FileTime used, long bytes) {}

  private void evict(Path current) throws IOException {
    List<Kept> kept = new ArrayList<>();
    long bytes = 0;
    for (Path file : disks()) {
      try {
        Kept disk = new Kept(file, Files.getLastModifiedTime(file), allocated(file));
        kept.add(disk);
        bytes += disk.bytes();
      } catch (NoSuchFileException e) {
        // Another process was quicker.
        continue;
      }
    }
    kept.sort(Comparator.comparing(Kept::used));
    FileTime settled = FileTime.from(clock.instant().minus(SETTLED));
    for (Kept disk : kept) {
      if (bytes <= limit || disk.used().compareTo(settled) > 0) {
        break;
      }
      if (!disk.file().equals(current)) {
        log.info("deleting {}: all disks take {} bytes, of {}", disk.file(), bytes, limit);
        Files.deleteIfExists(disk.file());
        bytes -= disk.bytes();
      }
    }
  }

  private List<Path> disks() throws IOException {
    return named(DISK);
  }

  private List<Path> named(String end) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(end)).toList();
    }
  }

  /** What a file takes on this host, or, where that is not told, its size. */
  private static long allocated(Path file) throws IOException {
    try (DiskFile disk = DiskFile.openDisk(file, Fd.O_RDONLY)) {
      return disk.spaceTaken();
    } catch (NativeException e) {
      return Files.size(file);
    }
  }
}
