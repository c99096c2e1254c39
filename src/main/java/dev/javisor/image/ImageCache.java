package dev.javisor.image;

import dev.javisor.internal.cache.CachePlace;
import dev.javisor.internal.image.DiskCache;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Consumer;

/**
 * Keeps the disks of images, by the images' digests, for all processes of a user: each image is
 * imported once.
 *
 * <pre>{@code
 * ImageCache cache = ImageCache.in(Path.of("target/images")).limit(5L << 30);
 * Image image = Image.fromOciLayout(Path.of("app")).cache(cache);
 * }</pre>
 *
 * <p>One process makes a disk while others that want the same wait for it. A disk is there as a
 * whole or not at all; what a process left that died in the middle is deleted by the next one. Once
 * the disks take more than the limit, those are deleted whose last use is longest ago, but none
 * that was used within the last hour; a machine that runs from a deleted one is not harmed.
 *
 * <p>Immutable. Threading: any thread.
 */
public final class ImageCache {
  private static final long LIMIT = 20L << 30;

  private final Path folder;
  private final long limit;

  private ImageCache(Path folder, long limit) {
    this.folder = folder;
    this.limit = limit;
  }

  /**
   * The user's own: {@code images} in the folder that the system property {@code javisor.cache}
   * names, else the environment variable {@code JAVISOR_CACHE}, else {@code javisor} in {@code
   * XDG_CACHE_HOME} or {@code ~/.cache}.
   */
  public static ImageCache standard() {
    return new ImageCache(CachePlace.standard().resolve("images"), LIMIT);
  }

  /**
   * One in a folder.
   *
   * @param folder made when first needed
   */
  public static ImageCache in(Path folder) {
    return new ImageCache(folder.toAbsolutePath(), LIMIT);
  }

  /**
   * Sets what all disks together may take on this host's disk. Default: 20 GiB.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public ImageCache limit(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("limit %d: expected no negative number".formatted(bytes));
    }
    return new ImageCache(folder, bytes);
  }

  /** Where it is. */
  public Path folder() {
    return folder;
  }

  /**
   * Deletes all disks. Machines that run from them are not harmed.
   *
   * @throws dev.javisor.error.ImageException if one cannot be deleted
   */
  public void clear() {
    cache().clear();
  }

  Path disk(String key, Consumer<Path> maker) {
    return cache().disk(key, maker);
  }

  private DiskCache cache() {
    return new DiskCache(folder, limit, Clock.systemUTC());
  }
}
