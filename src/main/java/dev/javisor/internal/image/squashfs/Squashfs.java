package dev.javisor.internal.image.squashfs;

import dev.javisor.internal.image.tar.RawName;
import dev.javisor.internal.image.tree.BlockFile;
import dev.javisor.internal.image.tree.Inode;
import dev.javisor.internal.image.tree.Progress;
import dev.javisor.internal.image.tree.Tree;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a squashfs 4.0 file system of a tree, compressed by zlib, which every kernel with squashfs
 * can read. Javisor writes it by itself, since the tree is in memory already, and nobody then has
 * to install {@code mksquashfs}.
 *
 * <p>Equal trees give equal bytes. Source: Linux fs/squashfs/squashfs_fs.h and
 * Documentation/filesystems/squashfs.rst.
 *
 * <p>Not modelled: tails of several files in one block, equal files stored once, indexes of large
 * folders, and the table for NFS. Not safe for use by several threads.
 */
public final class Squashfs {
  private static final int SUPERBLOCK = 96;
  private static final int MAGIC = 0x73717368;
  private static final int GZIP = 1;
  private static final int NO_FRAGMENTS = 0x10;
  private static final int NO_ATTRIBUTES = 0x200;
  private static final long NO_TABLE = -1;
  private static final int PADDING = 4096;

  private final DataBlocks data;
  private final OutputStream out;
  private final Packer packer;
  private final Owners owners;
  private final Attributes attributes;
  private final MetaTable inodes;
  private final MetaTable folders;
  private final IdentityHashMap<Inode, Entry> entries = new IdentityHashMap<>();
  private long position;

  /** What is known of an inode; its reference when it was written. */
  static final class Entry {
    private final int number;
    private int links;
    private long reference = -1;

    private Entry(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }

    int links() {
      return links;
    }

    long reference() {
      return reference;
    }
  }

  private Squashfs(DataBlocks data, OutputStream out, Packer packer, String source) {
    this.data = data;
    this.out = out;
    this.packer = packer;
    owners = new Owners(source);
    attributes = new Attributes(packer);
    inodes = new MetaTable(packer);
    folders = new MetaTable(packer);
  }

  /**
   * Writes a file system.
   *
   * @param contents the content of the tree's files
   * @param target an empty file
   * @param source what it is made from, for messages
   * @param progress told how much of the content is packed
   * @throws dev.javisor.error.ImageException if it has too many owners
   * @throws IOException if it cannot be written
   */
  public static void write(
      Tree tree, BlockFile contents, Path target, String source, Progress progress)
      throws IOException {
    try (FileChannel file = FileChannel.open(target, StandardOpenOption.WRITE);
        Packer packer = new Packer(DataBlocks.BLOCK)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(file), 1 << 20);
      out.write(new byte[SUPERBLOCK]);
      DataBlocks data = new DataBlocks(contents, out, packer, SUPERBLOCK, progress);
      ByteBuffer superblock = new Squashfs(data, out, packer, source).write(tree.root());
      out.flush();
      for (long at = 0; superblock.hasRemaining(); ) {
        at += file.write(superblock, at);
      }
      file.force(false);
    }
  }

  private ByteBuffer write(Inode root) throws IOException {
    Entry top = number(root);
    top.links = 2;
    walk(root, entries.size() + 1);
    position = data.position();
    ByteBuffer superblock = MetaTable.record(SUPERBLOCK);
    superblock.putInt(0, MAGIC).putInt(4, entries.size()).putInt(12, DataBlocks.BLOCK);
    superblock.putShort(20, (short) GZIP).putShort(22, (short) DataBlocks.LOG);
    superblock.putShort(24, (short) (NO_FRAGMENTS | (attributes.isEmpty() ? NO_ATTRIBUTES : 0)));
    superblock.putShort(26, (short) owners.count()).putShort(28, (short) 4);
    superblock.putLong(32, top.reference);
    superblock.putLong(64, append(inodes.finish())).putLong(72, append(folders.finish()));
    MetaTable ids = owners.table(packer);
    long idStart = append(ids.finish());
    superblock.putLong(48, append(ids.index(idStart)));
    // The kernel wants the tables behind each other, and the index of this one at the very end.
    superblock.putLong(56, NO_TABLE).putLong(80, NO_TABLE).putLong(88, NO_TABLE);
    if (!attributes.isEmpty()) {
      Attributes.Written written = attributes.finish(position);
      superblock.putLong(56, append(written.bytes()) + written.last());
    }
    superblock.putLong(40, position);
    append(new byte[(int) (-position & (PADDING - 1))]);
    return superblock;
  }

  private long append(byte[] bytes) throws IOException {
    long start = position;
    out.write(bytes);
    position += bytes.length;
    return start;
  }

  private Entry number(Inode inode) {
    Entry entry = new Entry(entries.size() + 1);
    entries.put(inode, entry);
    for (Map.Entry<String, Inode> child : inode.children()) {
      Entry known = entries.get(child.getValue());
      Entry below = known == null ? number(child.getValue()) : known;
      if (child.getValue().isFolder()) {
        below.links = 2 + subfolders(child.getValue());
      } else {
        below.links++;
      }
    }
    return entry;
  }

  private static int subfolders(Inode folder) {
    int count = 0;
    for (Map.Entry<String, Inode> child : folder.children()) {
      count += child.getValue().isFolder() ? 1 : 0;
    }
    return count;
  }

  /** Writes what is in a folder, and then itself. */
  private void walk(Inode folder, int parent) throws IOException {
    Entry own = entry(folder);
    List<Folders.Name> names = new ArrayList<>();
    for (Map.Entry<String, Inode> child : folder.children()) {
      Inode inode = child.getValue();
      Entry entry = entry(inode);
      if (inode.isFolder()) {
        walk(inode, own.number);
      } else if (entry.reference < 0) {
        entry.reference = inodes.reference();
        inodes.put(encode(inode, entry));
      }
      names.add(new Folders.Name(RawName.bytes(child.getKey()), inode, entry));
    }
    byte[] listing = Folders.encode(names);
    own.reference = inodes.reference();
    inodes.put(
        head(folder, own, 24)
            .putInt(own.links)
            .putInt(listing.length + Folders.DOTS)
            .putInt(folders.blockStart())
            .putInt(parent)
            .putShort((short) 0)
            .putShort((short) folders.offset())
            .putInt(attributes.number(folder.meta().attributes()))
            .array());
    folders.put(listing);
  }

  private Entry entry(Inode inode) {
    Entry entry = entries.get(inode);
    if (entry == null) {
      throw new IllegalStateException("an inode of another tree");
    }
    return entry;
  }

  private byte[] encode(Inode inode, Entry entry) throws IOException {
    int set = attributes.number(inode.meta().attributes());
    return switch (inode.kind()) {
      case FILE -> {
        DataBlocks.Stored stored = data.store(inode.content());
        yield head(inode, entry, 40 + stored.sizes().length)
            .putLong(stored.start())
            .putLong(inode.content().size())
            .putLong(stored.holes())
            .putInt(entry.links)
            .putInt(-1)
            .putInt(0)
            .putInt(set)
            .put(stored.sizes())
            .array();
      }
      case SYMBOLIC_LINK -> {
        byte[] target = RawName.bytes(inode.target());
        ByteBuffer record = head(inode, entry, 12 + target.length);
        yield record.putInt(entry.links).putInt(target.length).put(target).putInt(set).array();
      }
      case CHARACTER_DEVICE, BLOCK_DEVICE -> {
        int minor = inode.minor();
        int device = minor & 0xff | inode.major() << 8 | (minor & ~0xff) << 12;
        yield head(inode, entry, 12).putInt(entry.links).putInt(device).putInt(set).array();
      }
      case FIFO -> head(inode, entry, 8).putInt(entry.links).putInt(set).array();
      case FOLDER -> throw new IllegalArgumentException("a folder is written after its names");
    };
  }

  /** The fields that all inodes have, in their extended forms. */
  private ByteBuffer head(Inode inode, Entry entry, int more) {
    Inode.Meta meta = inode.meta();
    return MetaTable.record(16 + more)
        .putShort((short) (Folders.type(inode.kind()) + Folders.EXTENDED))
        .putShort((short) meta.mode())
        .putShort((short) owners.number(meta.uid()))
        .putShort((short) owners.number(meta.gid()))
        .putInt((int) Math.max(0, Math.min(meta.seconds(), 0xffffffffL)))
        .putInt(entry.number);
  }
}
