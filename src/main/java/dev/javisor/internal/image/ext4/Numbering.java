package dev.javisor.internal.image.ext4;

import dev.javisor.internal.image.tree.Inode;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** The numbers of a tree's inodes, and how many names each has. */
final class Numbering implements ToLongFunction<Inode> {
  private final IdentityHashMap<Inode, Numbered> byInode = new IdentityHashMap<>();
  private final List<Numbered> all = new ArrayList<>();
  private final int first;

  /** An inode with its number. */
  static final class Numbered {
    private final Inode inode;
    private final long number;
    private final long parent;
    private int links;

    private Numbered(Inode inode, long number, long parent) {
      this.inode = inode;
      this.number = number;
      this.parent = parent;
    }

    Inode inode() {
      return inode;
    }

    long number() {
      return number;
    }

    /** For folders: the number of the one above; the root's is its own. */
    long parent() {
      return parent;
    }

    int links() {
      return links;
    }
  }

  /**
   * @param rootNumber the number of the root
   * @param first the number of the first other one
   */
  Numbering(Inode root, long rootNumber, int first) {
    this.first = first;
    Numbered top = add(root, rootNumber, rootNumber);
    top.links = 2;
    walk(top);
  }

  private void walk(Numbered folder) {
    for (Map.Entry<String, Inode> entry : folder.inode.children()) {
      Inode child = entry.getValue();
      Numbered known = byInode.get(child);
      if (known == null) {
        known = add(child, first + all.size() - 1L, folder.number);
      }
      if (child.isFolder()) {
        // Its name and its dot here, its dot-dot there.
        known.links = 2;
        folder.links++;
        walk(known);
      } else {
        known.links++;
      }
    }
  }

  private Numbered add(Inode inode, long number, long parent) {
    Numbered numbered = new Numbered(inode, number, parent);
    byInode.put(inode, numbered);
    all.add(numbered);
    return numbered;
  }

  /** The root first. */
  List<Numbered> all() {
    return all;
  }

  /** The highest number in use; those below the first count as used. */
  long last() {
    return first + all.size() - 2L;
  }

  @Override
  public long applyAsLong(Inode inode) {
    Numbered numbered = byInode.get(inode);
    if (numbered == null) {
      throw new IllegalStateException("an inode of another tree");
    }
    return numbered.number;
  }
}
