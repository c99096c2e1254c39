package dev.javisor.internal.cache;

import java.nio.file.Path;

/** Where a user's caches are. */
public final class CachePlace {
  private CachePlace() {}

  /**
   * The system property {@code javisor.cache}, else the environment's {@code JAVISOR_CACHE}, else
   * {@code javisor} in {@code XDG_CACHE_HOME} or {@code ~/.cache}.
   */
  public static Path standard() {
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
}
