package dev.javisor.guest;

import dev.javisor.internal.cache.FolderCache;
import java.nio.file.Path;
import java.time.Duration;

/** Where fetched files are kept. */
final class CacheFolder {
  /** Long enough for another process's download over a slow line. */
  static final Duration PATIENCE = Duration.ofMinutes(30);

  private CacheFolder() {}

  /**
   * The system property {@code javisor.cache}, else the environment's {@code JAVISOR_CACHE}, else
   * {@code javisor} in {@code XDG_CACHE_HOME} or {@code ~/.cache}.
   */
  static Path standard() {
    String property = System.getProperty("javisor.cache", "");
    if (!property.isEmpty()) {
      return Path.of(property);
    }
    String variable = System.getenv("JAVISOR_CACHE");
    if (variable != null && !variable.isEmpty()) {
      return Path.of(variable);
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    // The XDG base directory specification has relative paths ignored.
    return xdg != null && xdg.startsWith("/")
        ? Path.of(xdg, "javisor")
        : Path.of(System.getProperty("user.home", "/tmp"), ".cache", "javisor");
  }

  static FolderCache packages(Path cache) {
    return new FolderCache(cache.resolve("packages"), PATIENCE);
  }

  static FolderCache vmlinux(Path cache) {
    return new FolderCache(cache.resolve("vmlinux"), PATIENCE);
  }
}
