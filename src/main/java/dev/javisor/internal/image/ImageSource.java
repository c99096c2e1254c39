package dev.javisor.internal.image;

import dev.javisor.internal.compress.Decompressors;
import dev.javisor.internal.image.oci.Container;
import dev.javisor.internal.image.tree.Contents;
import dev.javisor.internal.image.tree.DirectorySource;
import dev.javisor.internal.image.tree.Failures;
import dev.javisor.internal.image.tree.Limits;
import dev.javisor.internal.image.tree.Progress;
import dev.javisor.internal.image.tree.TarLayer;
import dev.javisor.internal.image.tree.Tree;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a tree is made from. */
public interface ImageSource {
  /** Its name, for messages. */
  String name();

  /** Puts everything into a tree. */
  void fill(Tree tree, Contents contents, Limits limits, Progress progress);

  /** A folder of this host. */
  static ImageSource ofFolder(Path folder) {
    return new Folder(folder);
  }

  /** A tar archive, compressed or not. */
  static ImageSource ofTar(Path file) {
    return new Tar(file);
  }

  /** The layers of an image. */
  static ImageSource of(Container container) {
    return new Layers(container);
  }

  /**
   * A folder of this host.
   *
   * @param folder which
   */
  record Folder(Path folder) implements ImageSource {
    @Override
    public String name() {
      return folder.toString();
    }

    @Override
    public void fill(Tree tree, Contents contents, Limits limits, Progress progress) {
      if (!Files.isDirectory(folder)) {
        throw Failures.missing(name(), "there is no such folder", null);
      }
      progress.step("reading " + folder);
      new DirectorySource(tree, contents, progress).read(folder);
    }
  }

  /**
   * A tar archive.
   *
   * @param file which
   */
  record Tar(Path file) implements ImageSource {
    @Override
    public String name() {
      return file.toString();
    }

    @Override
    public void fill(Tree tree, Contents contents, Limits limits, Progress progress) {
      progress.step("reading " + file);
      try (InputStream raw = Files.newInputStream(file);
          ProgressStream in = new ProgressStream(raw, Files.size(file), progress);
          InputStream plain = new BufferedInputStream(Decompressors.open(in), 1 << 16)) {
        new TarLayer(tree, contents, false, name()).read(plain);
      } catch (IOException e) {
        throw Failures.reading(name(), e);
      }
    }
  }

  /**
   * The layers of an image.
   *
   * @param container the image
   */
  record Layers(Container container) implements ImageSource {
    @Override
    public String name() {
      return container.source();
    }

    @Override
    public void fill(Tree tree, Contents contents, Limits limits, Progress progress) {
      container.fill(tree, contents, limits, progress);
    }
  }
}
