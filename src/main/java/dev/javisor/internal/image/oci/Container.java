package dev.javisor.internal.image.oci;

import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import dev.javisor.internal.compress.Decompressors;
import dev.javisor.internal.image.tar.RawName;
import dev.javisor.internal.image.tree.Contents;
import dev.javisor.internal.image.tree.Failures;
import dev.javisor.internal.image.tree.Limits;
import dev.javisor.internal.image.tree.Progress;
import dev.javisor.internal.image.tree.TarLayer;
import dev.javisor.internal.image.tree.Tree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One image, found out: its configuration and its layers.
 *
 * @param source its path, for messages
 * @param path where it is
 * @param id a digest that stands for all of it
 * @param config what it says of itself
 * @param layers the lowest first
 */
public record Container(
    String source, Path path, String id, ContainerConfig config, List<Layer> layers) {
  /** What layers may have behind their last file. */
  private static final long TAIL = 1L << 30;

  /**
   * A layer.
   *
   * @param blob its file in the image
   * @param digest of that file, or empty
   * @param size of that file in bytes, or -1
   * @param diffId digest of what is in it, or empty
   */
  public record Layer(String blob, String digest, long size, String diffId) {}

  /**
   * Puts the layers into a tree, one above the other.
   *
   * @throws ImageException if one is missing, damaged, hostile or too large
   */
  public void fill(Tree tree, Contents contents, Limits limits, Progress progress) {
    try (Blobs blobs = Blobs.of(path)) {
      for (int i = 0; i < layers.size(); i++) {
        progress.step("layer %d of %d".formatted(i + 1, layers.size()));
        fill(blobs, layers.get(i), new Filling(tree, contents, limits, progress));
      }
      addFolders(tree);
    } catch (IOException e) {
      throw Failures.reading(source, e);
    }
  }

  /** Those that container runtimes make, too. */
  private void addFolders(Tree tree) {
    for (String mountPoint : List.of("dev", "proc", "run", "sys")) {
      tree.ensureFolder(mountPoint, 0755);
    }
    tree.ensureFolder("tmp", 01777);
    tree.ensureFolder(RawName.of(config.workingFolder()), 0755);
  }

  private record Filling(Tree tree, Contents contents, Limits limits, Progress progress) {}

  private void fill(Blobs blobs, Layer layer, Filling to) {
    String name = "%s, layer %s".formatted(source, shortName(layer));
    try (CheckedStream packed =
        new CheckedStream(
            blobs.open(layer.blob()),
            layer.digest(),
            Long.MAX_VALUE,
            read -> to.progress().bytes(read, Math.max(layer.size(), 0)))) {
      if (layer.size() >= 0 && layer.digest().isEmpty()) {
        throw new IOException("a layer without a digest");
      }
      CheckedStream plain =
          new CheckedStream(
              Decompressors.open(packed), layer.diffId(), to.limits().bytes() + TAIL, read -> {});
      new TarLayer(to.tree(), to.contents(), true, name).read(plain);
      plain.finish("what is in it");
      packed.finish("it");
    } catch (IOException e) {
      throw Failures.reading(name, e);
    }
  }

  private static String shortName(Layer layer) {
    String text = layer.digest().isEmpty() ? layer.blob() : layer.digest();
    return text.length() <= 19 ? text : text.substring(0, 19);
  }

  /** Refuses an image for another machine. */
  void requirePlatform() {
    if (!config.os().equals(Platform.OS) || !config.architecture().equals(Platform.ARCHITECTURE)) {
      throw new ImageException(
          Reason.PLATFORM,
          source,
          "it is an image for %s on %s".formatted(config.os(), config.architecture()),
          "get the one for %s on %s".formatted(Platform.OS, Platform.ARCHITECTURE),
          null);
    }
  }
}
