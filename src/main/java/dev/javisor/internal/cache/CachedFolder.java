package dev.javisor.internal.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * A folder of the cache, whose files are checked as they are handed out. A file that is missing or
 * damaged is made again. Safe for use by several threads.
 */
public final class CachedFolder {
  private final Path folder;
  private final Manifest manifest;
  private final Stamps stamps;
  private final Healer healer;

  /** Makes a folder's damaged files again, unless somebody else just did. */
  @FunctionalInterface
  interface Healer {
    void heal(String damaged) throws IOException;
  }

  CachedFolder(Path folder, Manifest manifest, Healer healer) {
    this.folder = folder;
    this.manifest = manifest;
    this.stamps = Stamps.read(folder);
    this.healer = healer;
  }

  /** Where the folder is. */
  public Path path() {
    return folder;
  }

  /** What the folder's maker told about it. */
  public Optional<String> attribute(String key) {
    return Optional.ofNullable(manifest.attributes().get(key));
  }

  /** The files in it, by path below the folder, with {@code /} between names, sorted. */
  public Set<String> files() {
    return manifest.files().keySet();
  }

  /**
   * A file, right as it was made: its sum is checked if it was touched since it was last checked.
   *
   * @param name one of {@link #files}
   * @return its path
   * @throws IOException if it is damaged and could not be made again
   */
  public synchronized Path file(String name) throws IOException {
    if (!isIntact(name)) {
      healer.heal(name);
      if (!isIntact(name)) {
        throw new CacheException("%s stays damaged after it was made again".formatted(name));
      }
    }
    return folder.resolve(name);
  }

  private boolean isIntact(String name) throws IOException {
    if (stamps.unchanged(name)) {
      return true;
    }
    Manifest.FileSum sum = manifest.files().get(name);
    if (sum == null) {
      throw new CacheException("no file %s in %s".formatted(name, folder));
    }
    if (!matches(folder.resolve(name), sum)) {
      return false;
    }
    stamps.add(name);
    stamps.save();
    return true;
  }

  static boolean matches(Path file, Manifest.FileSum sum) {
    try {
      return Files.isRegularFile(file)
          && Files.size(file) == sum.size()
          && Sha256.of(file).equals(sum.sha256());
    } catch (IOException e) {
      // What cannot be read is as good as damaged; making it again tells why, if it fails too.
      return false;
    }
  }
}
