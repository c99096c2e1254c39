package dev.javisor.guest;

import dev.javisor.internal.cache.CachePlace;
import dev.javisor.internal.cache.FolderCache;
import java.nio.file.Path;
import java.time.Duration;

/** Where fetched files are kept. */
final class CacheFolder {
  /** Long enough for another process's download over a slow line. */
  static final Duration PATIENCE = Duration.ofMinutes(30);

  private CacheFolder() {}

  static Path standard() {
    return CachePlace.standard();
  }

  static FolderCache packages(Path cache) {
    return new FolderCache(cache.resolve("packages"), PATIENCE);
  }

  static FolderCache vmlinux(Path cache) {
    return new FolderCache(cache.resolve("vmlinux"), PATIENCE);
  }
}
