package dev.javisor.internal.image.tree;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file, folder, link or device of a tree. One that has several names is in several folders. Not
 * safe for use by several threads.
 */
public final class Inode {
  /** What it is; the numbers are those of {@code S_IFMT}. */
  public enum Kind {
    FIFO(0x1000),
    CHARACTER_DEVICE(0x2000),
    FOLDER(0x4000),
    BLOCK_DEVICE(0x6000),
    FILE(0x8000),
    SYMBOLIC_LINK(0xa000);

    private final int bits;

    Kind(int bits) {
      this.bits = bits;
    }
  }

  /**
   * What files have besides their content.
   *
   * @param mode permissions, 0 to 07777
   * @param uid the owner, 0 to 4294967295
   * @param gid the group, 0 to 4294967295
   * @param seconds when it was changed, since 1970
   * @param nanos and the rest of that
   * @param attributes extended attributes: raw names with their namespace, raw values
   */
  public record Meta(
      int mode, long uid, long gid, long seconds, int nanos, Map<String, String> attributes) {
    /** Root's, without a date. */
    public static Meta ofRoot(int mode) {
      return new Meta(mode, 0, 0, 0, 0, Map.of());
    }
  }

  /**
   * Some blocks of a file's content.
   *
   * @param at the first one's number in the file
   * @param block where it is in the {@link BlockFile}
   * @param blocks how many there are, one after the other in both
   */
  public record Run(long at, long block, long blocks) {
    long end() {
      return at + blocks;
    }
  }

  /**
   * Where a file's content is in the {@link BlockFile}.
   *
   * @param size in bytes
   * @param runs its blocks, in their order; what is not in them are holes
   */
  public record Content(long size, List<Run> runs) {
    /** No bytes. */
    public static final Content EMPTY = new Content(0, List.of());

    /** Content without holes, whose blocks are one after the other. */
    public static Content of(long block, long size) {
      long blocks = (size + BlockFile.BLOCK - 1) / BlockFile.BLOCK;
      return size == 0 ? EMPTY : new Content(size, List.of(new Run(0, block, blocks)));
    }

    /** The first run that ends behind a place, which is a number of a block; -1 if none does. */
    int runAt(long place) {
      int low = 0;
      int high = runs.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (runs.get(middle).end() > place) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return low == runs.size() ? -1 : low;
    }

    /**
     * Whether there is nothing but holes.
     *
     * @param at where in the file, in bytes
     */
    public boolean isHole(long at, long length) {
      int run = runAt(at / BlockFile.BLOCK);
      return run < 0 || runs.get(run).at() * BlockFile.BLOCK >= at + length;
    }
  }

  /** A name in a folder, and the layer that it is from. */
  static final class Entry {
    private final Inode inode;
    private int layer;

    Entry(Inode inode, int layer) {
      this.inode = inode;
      this.layer = layer;
    }

    Inode inode() {
      return inode;
    }

    int layer() {
      return layer;
    }

    void touch(int newLayer) {
      layer = newLayer;
    }
  }

  private final Kind kind;
  private final TreeMap<String, Entry> entries = new TreeMap<>();
  private final String target;
  private final int major;
  private final int minor;
  private Meta meta;
  private Content content = Content.EMPTY;

  private Inode(Kind kind, Meta meta, String target, int major, int minor) {
    this.kind = kind;
    this.meta = meta;
    this.target = target;
    this.major = major;
    this.minor = minor;
  }

  static Inode folder(Meta meta) {
    return new Inode(Kind.FOLDER, meta, "", 0, 0);
  }

  static Inode file(Meta meta, Content content) {
    Inode file = new Inode(Kind.FILE, meta, "", 0, 0);
    file.content = content;
    return file;
  }

  static Inode link(Meta meta, String target) {
    return new Inode(Kind.SYMBOLIC_LINK, meta, target, 0, 0);
  }

  static Inode special(Kind kind, Meta meta, int major, int minor) {
    return new Inode(kind, meta, "", major, minor);
  }

  /** What it is. */
  public Kind kind() {
    return kind;
  }

  /** Owner, permissions and the like. */
  public Meta meta() {
    return meta;
  }

  void meta(Meta newMeta) {
    meta = newMeta;
  }

  /** The bits of {@code st_mode}. */
  public int mode() {
    return kind.bits | meta.mode();
  }

  /** Where a file's content is. */
  public Content content() {
    return content;
  }

  /** What a symbolic link says, a raw string. */
  public String target() {
    return target;
  }

  /** A device's major number. */
  public int major() {
    return major;
  }

  /** A device's minor number. */
  public int minor() {
    return minor;
  }

  /** Whether it is a folder. */
  public boolean isFolder() {
    return kind == Kind.FOLDER;
  }

  /** What a folder holds, by raw name, in the order of the names' bytes. */
  public Iterable<Map.Entry<String, Inode>> children() {
    return () ->
        entries.entrySet().stream()
            .map(entry -> Map.entry(entry.getKey(), entry.getValue().inode))
            .iterator();
  }

  Map<String, Entry> entries() {
    return entries;
  }

  Entry put(String name, Inode inode, int layer) {
    Entry entry = new Entry(inode, layer);
    entries.put(name, entry);
    return entry;
  }
}
