package dev.javisor.internal.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders of files that are expensive to make, kept below one root and shared by threads and
 * processes. A folder appears whole or not at all; damage is noticed by checksums and repaired by
 * making the folder again. On disk an id is a folder with a lock file, a file {@code current} that
 * names the valid content by the sum of its manifest, and the contents by that name.
 */
public final class FolderCache {
  private static final Logger log = LoggerFactory.getLogger(FolderCache.class);
  private static final String CURRENT = "current";
  private static final String MANIFEST = ".manifest";
  private static final String NEW = ".new-";

  private final Path root;
  private final Duration patience;

  /**
   * @param root the cache's folder; made when first needed
   * @param patience how long to wait for another thread or process that makes the same folder
   */
  public FolderCache(Path root, Duration patience) {
    this.root = root;
    this.patience = patience;
  }

  /**
   * The folder with this id, made first if there is none or its record is damaged.
   *
   * @param id letters, digits, and {@code . _ - +}
   * @throws IOException what {@code maker} throws, or {@link CacheException}
   */
  public CachedFolder open(String id, FolderMaker maker) throws IOException {
    Path home = home(id);
    Optional<CachedFolder> present = current(home, maker);
    if (present.isPresent()) {
      return present.get();
    }
    try (FolderLock lock = lock(home)) {
      present = current(home, maker);
      return present.isPresent() ? present.get() : make(home, maker);
    }
  }

  /**
   * Makes the folder with this id again, whether there is one or not. One that is in use stays.
   *
   * @param id as for {@link #open}
   * @throws IOException as {@link #open}; what was cached before is still there then
   */
  public CachedFolder renew(String id, FolderMaker maker) throws IOException {
    Path home = home(id);
    try (FolderLock lock = lock(home)) {
      return make(home, maker);
    }
  }

  /** The folder with this id if the cache has it, without making it. */
  public Optional<CachedFolder> peek(String id, FolderMaker maker) {
    return current(home(id), maker);
  }

  private Path home(String id) {
    if (!id.matches("[A-Za-z0-9_+-][A-Za-z0-9._+-]*")) {
      throw new IllegalArgumentException("cache id " + id);
    }
    return root.resolve(id);
  }

  private FolderLock lock(Path home) throws IOException {
    try {
      Files.createDirectories(home);
      return FolderLock.take(home.resolve("lock"), patience);
    } catch (CacheException e) {
      throw e;
    } catch (FileSystemException e) {
      throw new CacheException("cannot write to the cache at " + home + ": " + e, e);
    }
  }

  private Optional<CachedFolder> current(Path home, FolderMaker maker) {
    try {
      String sum = Files.readString(home.resolve(CURRENT), StandardCharsets.US_ASCII).strip();
      if (!sum.matches("[0-9a-f]{64}")) {
        log.warn("{} is damaged; making its content again", home.resolve(CURRENT));
        return Optional.empty();
      }
      Path folder = home.resolve(sum);
      byte[] text = Files.readAllBytes(folder.resolve(MANIFEST));
      if (!Sha256.of(text).equals(sum)) {
        log.warn("{} is damaged; making its content again", folder.resolve(MANIFEST));
        return Optional.empty();
      }
      Manifest manifest = Manifest.parse(new String(text, StandardCharsets.UTF_8));
      return Optional.of(cached(home, folder, manifest, maker));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      log.warn("cannot read the cache at {}: {}", home, e.toString());
      return Optional.empty();
    }
  }

  private CachedFolder cached(Path home, Path folder, Manifest manifest, FolderMaker maker) {
    return new CachedFolder(
        folder, manifest, damaged -> heal(home, folder, manifest, damaged, maker));
  }

  private CachedFolder make(Path home, FolderMaker maker) throws IOException {
    removeLeftovers(home);
    Path fresh = Files.createTempDirectory(home, NEW);
    try {
      Map<String, String> attributes = maker.fill(fresh);
      Manifest manifest = Manifest.of(fresh, attributes);
      Path folder = publish(home, fresh, manifest);
      Path pointer = fresh.resolveSibling(fresh.getFileName() + "." + CURRENT);
      Files.writeString(pointer, folder.getFileName() + "\n");
      Files.move(pointer, home.resolve(CURRENT), StandardCopyOption.ATOMIC_MOVE);
      return cached(home, folder, manifest, maker);
    } finally {
      Trees.delete(fresh);
    }
  }

  /** Puts a new folder in its place; where it is there already, only what is damaged in it. */
  private static Path publish(Path home, Path fresh, Manifest manifest) throws IOException {
    byte[] text = manifest.toText().getBytes(StandardCharsets.UTF_8);
    Path folder = home.resolve(Sha256.of(text));
    Files.write(fresh.resolve(MANIFEST), text);
    if (Files.exists(folder)) {
      for (Map.Entry<String, Manifest.FileSum> file : manifest.files().entrySet()) {
        if (!CachedFolder.matches(folder.resolve(file.getKey()), file.getValue())) {
          replace(fresh, folder, file.getKey());
        }
      }
      replace(fresh, folder, MANIFEST);
    } else {
      Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
    }
    Stamps stamps = Stamps.read(folder);
    manifest.files().keySet().forEach(stamps::add);
    stamps.save();
    return folder;
  }

  private static void replace(Path fresh, Path folder, String name) throws IOException {
    Path target = folder.resolve(name);
    Files.createDirectories(target.getParent());
    if (Files.isDirectory(target)) {
      Trees.delete(target);
    }
    Files.move(fresh.resolve(name), target, StandardCopyOption.ATOMIC_MOVE);
  }

  private void heal(Path home, Path folder, Manifest manifest, String damaged, FolderMaker maker)
      throws IOException {
    try (FolderLock lock = lock(home)) {
      Manifest.FileSum sum = manifest.files().get(damaged);
      if (sum != null && CachedFolder.matches(folder.resolve(damaged), sum)) {
        return;
      }
      log.warn("{} is damaged; making {} again", folder.resolve(damaged), home);
      CachedFolder made = make(home, maker);
      if (!made.path().equals(folder)) {
        throw new CacheException(
            "%s was damaged, and what can be had now is another version"
                .formatted(folder.resolve(damaged)));
      }
    }
  }

  /** Under the lock, nobody else is making anything here: what looks so was left by the dead. */
  private static void removeLeftovers(Path home) throws IOException {
    try (Stream<Path> list = Files.list(home)) {
      for (Path leftover :
          (Iterable<Path>) list.filter(p -> p.getFileName().toString().startsWith(NEW))::iterator) {
        Trees.delete(leftover);
      }
    }
  }
}
