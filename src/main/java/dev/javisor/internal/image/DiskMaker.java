package dev.javisor.internal.image;

import dev.javisor.error.ImageException;
import dev.javisor.internal.image.ext4.Ext4;
import dev.javisor.internal.image.squashfs.Squashfs;
import dev.javisor.internal.image.tree.BlockFile;
import dev.javisor.internal.image.tree.Contents;
import dev.javisor.internal.image.tree.Failures;
import dev.javisor.internal.image.tree.Limits;
import dev.javisor.internal.image.tree.Progress;
import dev.javisor.internal.image.tree.Tree;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes a file of a tree: whole, or not at all. */
public final class DiskMaker {
  private final ImageSource source;
  private final Limits limits;
  private final Progress progress;

  /**
   * @param progress told how it goes on
   */
  public DiskMaker(ImageSource source, Limits limits, Progress progress) {
    this.source = source;
    this.limits = limits;
    this.progress = progress;
  }

  @FunctionalInterface
  private interface Finish {
    void apply(Tree tree, BlockFile file) throws IOException;
  }

  /**
   * Writes an ext4 file system, in the place of what is there.
   *
   * @throws ImageException if the source cannot be used, or the target not be written; nothing is
   *     left of it then
   */
  public void writeExt4(Path target, Ext4.Options options) {
    try (Unfinished file = Unfinished.beside(target)) {
      fill(target, file.path(), (tree, blocks) -> Ext4.write(tree, blocks, options, source.name()));
      file.publish(target);
    } catch (IOException e) {
      throw Failures.host(target.toString(), e);
    }
  }

  /**
   * Writes an initramfs, in the place of what is there.
   *
   * @throws ImageException as {@link #writeExt4}
   */
  public void writeInitramfs(Path target) {
    writeBeside(
        target,
        (tree, blocks, file) -> {
          try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            CpioTree.write(tree, blocks, out, source.name());
          }
        });
  }

  /**
   * Writes a compressed file system that can only be read, in the place of what is there.
   *
   * @throws ImageException as {@link #writeExt4}
   */
  public void writeSquashfs(Path target) {
    writeBeside(
        target,
        (tree, blocks, file) -> Squashfs.write(tree, blocks, file, source.name(), progress));
  }

  @FunctionalInterface
  private interface Copy {
    void apply(Tree tree, BlockFile contents, Path file) throws IOException;
  }

  /** Makes a file of contents that are in another one until then. */
  private void writeBeside(Path target, Copy copy) {
    try (Unfinished contents = Unfinished.beside(target);
        Unfinished file = Unfinished.beside(target)) {
      fill(target, contents.path(), (tree, blocks) -> copy.apply(tree, blocks, file.path()));
      file.publish(target);
    } catch (IOException e) {
      throw Failures.host(target.toString(), e);
    }
  }

  private void fill(Path target, Path file, Finish finish) throws IOException {
    try (BlockFile blocks = BlockFile.open(file, Ext4.FIRST_BLOCK)) {
      Tree tree = new Tree(source.name(), limits);
      source.fill(tree, new Contents(blocks, target.toString(), limits), limits, progress);
      progress.step("writing " + target);
      finish.apply(tree, blocks);
    }
  }
}
