package dev.javisor.internal.image.ext4;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import dev.javisor.internal.image.tar.RawName;
import dev.javisor.internal.image.tree.BlockFile;
import dev.javisor.internal.image.tree.Inode;
import dev.javisor.internal.image.tree.Tree;
import java.io.IOException;
import java.util.Arrays;

/**
 * Makes an ext4 file system of a tree, around the content that is in its file already: no byte of a
 * file is written twice, nothing on this host ever has the tree's owners and devices, and so nobody
 * need be root. That is why Javisor writes it by itself: {@code mke2fs -d} of e2fsprogs before
 * 1.47.1 takes a folder only, which a user without root cannot make, and its mending by debugfs
 * takes longer than all of this.
 *
 * <p>Equal trees give equal bytes. The file has holes where nothing is: free space takes none.
 *
 * <p>Not modelled: a journal (a disk made from this is a base for throwaway overlays; {@code
 * tune2fs -j} adds one to a copy), checksums of metadata, backups of the superblock, hashed
 * folders. Not safe for use by several threads.
 */
public final class Ext4 {
  /** Where content begins in the file: behind the superblock and room for group descriptors. */
  public static final long FIRST_BLOCK = 1 + Geometry.DESCRIPTOR_BLOCKS;

  private static final int ROOT = 2;
  private static final int FIRST_INODE = 11;
  private static final int SPARE_INODES = 1024;
  private static final int FAST_LINK = 60;
  private static final long MIB = (1 << 20) / Geometry.BLOCK;

  private final BlockFile file;
  private final Options options;
  private final String source;
  private final Numbering numbering;
  private final InodeTable table = new InodeTable();
  private final Ranges used = new Ranges();

  /** Of all names, sizes and dates: file systems with other content have another UUID. */
  private final Hasher identity = Hashing.sha256().newHasher();

  /**
   * How it is to be.
   *
   * @param size in bytes, a multiple of 1 MiB; or 0 for the content and some
   * @param free in bytes at least, where there is no size
   * @param label up to 16 bytes
   */
  public record Options(long size, long free, String label) {}

  private Ext4(Tree tree, BlockFile file, Options options, String source) {
    this.file = file;
    this.options = options;
    this.source = source;
    numbering = new Numbering(tree.root(), ROOT, FIRST_INODE);
  }

  /**
   * Writes everything but the content, and finishes the file.
   *
   * @param source what it is made from, for messages
   * @return its size in bytes
   * @throws ImageException if it is larger than it may be
   * @throws IOException if it cannot be written
   */
  public static long write(Tree tree, BlockFile file, Options options, String source)
      throws IOException {
    return new Ext4(tree, file, options, source).write();
  }

  private long write() throws IOException {
    for (Numbering.Numbered inode : numbering.all()) {
      byte[] encoded = Inodes.encode(inode.inode(), store(inode));
      identity.putBytes(encoded);
      table.put(inode.number(), encoded);
    }
    Geometry geometry = geometry(file.nextBlock());
    table.writeTo(file, geometry);
    new Groups(geometry, used, numbering).writeTo(file, identity.hash().asBytes(), options.label());
    long size = geometry.blocks() * Geometry.BLOCK;
    file.finish(size);
    return size;
  }

  private Inodes.Storage store(Numbering.Numbered numbered) throws IOException {
    Inode inode = numbered.inode();
    Attributes attributes = new Attributes(inode.meta().attributes());
    boolean inside = !attributes.isEmpty() && attributes.fitsInode();
    boolean outside = !attributes.isEmpty() && !inside;
    long attributeBlock = outside ? append(attributes.forBlock()) : 0;
    Inodes.Storage storage =
        switch (inode.kind()) {
          case FILE -> run(numbered, inode.content());
          case FOLDER -> {
            byte[] names = Folders.encode(inode, numbered.number(), numbered.parent(), numbering);
            identity.putBytes(names);
            yield run(numbered, Inode.Content.of(append(names), names.length));
          }
          case SYMBOLIC_LINK -> link(numbered, RawName.bytes(inode.target()));
          default -> plain(numbered, 0, Inodes.device(inode.major(), inode.minor()));
        };
    return storage.with(inside ? attributes.forInode() : new byte[0], attributeBlock);
  }

  private Inodes.Storage link(Numbering.Numbered numbered, byte[] target) throws IOException {
    return target.length < FAST_LINK
        ? plain(numbered, target.length, Arrays.copyOf(target, FAST_LINK))
        : run(numbered, Inode.Content.of(append(target), target.length));
  }

  private static Inodes.Storage plain(Numbering.Numbered numbered, long size, byte[] area) {
    return new Inodes.Storage(numbered.links(), size, 0, area, false, new byte[0], 0);
  }

  private Inodes.Storage run(Numbering.Numbered numbered, Inode.Content content)
      throws IOException {
    long size = content.size();
    if (size / Geometry.BLOCK >= Extents.MOST_BLOCKS) {
      throw tooLarge("a file of %d bytes".formatted(size));
    }
    long blocks = 0;
    for (Inode.Run run : content.runs()) {
      used.add(run.block(), run.blocks());
      blocks += run.blocks();
    }
    Extents extents = Extents.of(content.runs(), file);
    used.add(extents.first(), extents.ownBlocks());
    return new Inodes.Storage(
        numbered.links(), size, blocks + extents.ownBlocks(), extents.root(), true, new byte[0], 0);
  }

  private long append(byte[] bytes) throws IOException {
    long block = file.append(bytes);
    used.add(block, (bytes.length + Geometry.BLOCK - 1) / Geometry.BLOCK);
    return block;
  }

  /** Finds a size that has room for the tables, which grow with it. */
  private Geometry geometry(long tables) {
    long inodes = numbering.last() + SPARE_INODES;
    long free = options.free() / Geometry.BLOCK;
    long blocks = options.size() > 0 ? options.size() / Geometry.BLOCK : tables + free;
    while (true) {
      blocks = Math.max(MIB, (blocks + MIB - 1) / MIB * MIB);
      Geometry geometry = Geometry.of(blocks, inodes, tables);
      long missing =
          Math.max(
              geometry.end() + (options.size() > 0 ? 0 : free) - blocks,
              geometry.inodes() < inodes ? Geometry.BLOCKS_PER_GROUP : 0);
      if (blocks > Geometry.MAX_BLOCKS || missing > 0 && options.size() > 0) {
        throw tooLarge("a disk of %d MiB".formatted((blocks + Math.max(missing, 0)) / MIB));
      }
      if (missing <= 0) {
        return geometry;
      }
      blocks += missing;
    }
  }

  private ImageException tooLarge(String what) {
    return new ImageException(
        Reason.TOO_LARGE,
        source,
        "it needs %s at least".formatted(what),
        options.size() > 0
            ? "choose a larger size than %d MiB".formatted(options.size() >> 20)
            : "an ext4 disk of 1 TiB is the largest that is made here: leave something out",
        null);
  }
}
