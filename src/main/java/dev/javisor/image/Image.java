package dev.javisor.image;

import static java.util.Objects.requireNonNull;

import dev.javisor.backend.BlockBackend;
import dev.javisor.internal.cache.Sha256;
import dev.javisor.internal.image.ImageSource;
import dev.javisor.internal.image.oci.Container;
import dev.javisor.internal.image.oci.DockerArchive;
import dev.javisor.internal.image.oci.OciLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A container image for this CPU, which runs in a machine of its own: its layers as a disk, its
 * program started by the guest agent.
 *
 * <pre>{@code
 * try (ImageRun run = Image.fromOciLayout(Path.of("app")).run()) {
 *   String said = new String(run.process().stdout().readAllBytes(), UTF_8);
 *   assertEquals(0, run.awaitExit(Duration.ofMinutes(1)).code());
 * }
 * }</pre>
 *
 * <p>The disk is made once and kept in the {@link ImageCache}; each run writes to an overlay of its
 * own that is thrown away, so that a hundred machines share one image, and the host's memory that
 * caches it.
 *
 * <p>Errors: {@link dev.javisor.error.ImageException}. Layers are checked by their digests.
 *
 * <p>Immutable: each method that sets something returns a new object. Threading: any thread.
 */
public final class Image {
  /** Disks of another version of Javisor may be others. */
  private static final String FORMAT = "ext4-1";

  private final Container container;
  private final ImageCache cache;
  private final ProgressListener listener;

  private Image(Container container, ImageCache cache, ProgressListener listener) {
    this.container = container;
    this.cache = cache;
    this.listener = listener;
  }

  private static Image of(Container container) {
    return new Image(container, ImageCache.standard(), Listening.NOBODY);
  }

  /**
   * The only image for this CPU in an OCI layout.
   *
   * @param layout a folder, or a tar archive of one
   */
  public static Image fromOciLayout(Path layout) {
    return of(OciLayout.find(layout, ""));
  }

  /**
   * An image in an OCI layout.
   *
   * @param layout a folder, or a tar archive of one
   * @param tag its name there ({@code org.opencontainers.image.ref.name})
   */
  public static Image fromOciLayout(Path layout, String tag) {
    return of(OciLayout.find(layout, tag));
  }

  /**
   * The only image in what {@code docker save} or {@code podman save} wrote.
   *
   * @param archive compressed or not
   */
  public static Image fromDockerArchive(Path archive) {
    return of(DockerArchive.find(archive, ""));
  }

  /**
   * An image in what {@code docker save} or {@code podman save} wrote.
   *
   * @param archive compressed or not
   * @param tag such as {@code nginx:1.27}
   */
  public static Image fromDockerArchive(Path archive, String tag) {
    return of(DockerArchive.find(archive, tag));
  }

  /** Keeps disks there. Default: {@link ImageCache#standard}. */
  public Image cache(ImageCache newCache) {
    return new Image(container, requireNonNull(newCache, "newCache"), listener);
  }

  /** Tells this listener how the making of the disk goes on. Default: nobody. */
  public Image listener(ProgressListener newListener) {
    return new Image(container, cache, requireNonNull(newListener, "newListener"));
  }

  /** What it says of how it is to be run. */
  public ImageConfig config() {
    return ImageConfig.of(container.config());
  }

  /** A digest that stands for all of it: that of its manifest or configuration. */
  public String digest() {
    return container.id();
  }

  /** Its layers, to be written elsewhere than to the cache. */
  public RootFs rootFs() {
    return RootFs.of(ImageSource.of(container), listener);
  }

  /**
   * Its disk in the cache, made first if it is not there. It must not be written to.
   *
   * @throws dev.javisor.error.ImageException if it cannot be made
   */
  public Path disk() {
    String key = Sha256.of((FORMAT + " " + digest()).getBytes(StandardCharsets.UTF_8));
    return cache.disk(key, file -> rootFs().toDisk(file));
  }

  /**
   * A disk for one machine, which begins as {@link #disk}; what is written to it is gone when it is
   * closed. It takes space for what was written only.
   *
   * @return to be closed after its machine
   */
  public BlockBackend overlay() {
    return BlockBackend.overlay(disk());
  }

  /**
   * Runs it with all defaults: {@link #run(Consumer)}.
   *
   * @throws InterruptedException if the thread is interrupted; nothing is left of it then
   */
  public ImageRun run() throws InterruptedException {
    return run(config -> {});
  }

  /**
   * Boots a machine from it, and starts its program there: entry point and command, with its
   * environment, in its working folder, as its user. Process 1 is the agent, which reaps orphans.
   *
   * @param config told at once
   * @return the program, which has started, and its machine
   * @throws dev.javisor.error.ImageException if its disk cannot be made, or it names no program
   * @throws dev.javisor.error.GuestExecException if the program cannot be started
   * @throws dev.javisor.error.AgentException if the agent does not answer in time
   * @throws InterruptedException if the thread is interrupted; nothing is left of it then
   */
  public ImageRun run(Consumer<? super RunConfig> config) throws InterruptedException {
    RunSettings settings = new RunSettings(config(), container.source());
    config.accept(settings);
    return RunningImage.start(this, settings);
  }
}
