package dev.javisor.internal.image.tree;

import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import dev.javisor.internal.image.tar.RawName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tree of files in memory, made layer by layer: what is added replaces what lower layers have.
 * Nothing of it is on this host, so no name or link can lead anywhere. Links in the folders of a
 * path are followed as in the guest, with this root as theirs.
 *
 * <p>Source: OCI image specification 1.1 layer.md, "Representing Changes" and "Whiteouts". Not safe
 * for use by several threads.
 */
public final class Tree {
  private final Inode root = Inode.folder(Inode.Meta.ofRoot(0755));
  private final Limits limits;
  private final String source;
  private int files;
  private int layer;

  /**
   * @param source what it is made from, for messages
   */
  public Tree(String source, Limits limits) {
    this.source = source;
    this.limits = limits;
  }

  /** The root folder. */
  public Inode root() {
    return root;
  }

  /** What comes now is of a layer above. */
  void nextLayer() {
    layer++;
  }

  /**
   * Adds something, in the place of what has that path.
   *
   * @param path raw, with or without {@code /} at its start
   * @throws ImageException if the path is unsafe or too long, or there are too many files
   */
  void add(String path, Inode inode) {
    Deque<String> names = split(path);
    if (names.isEmpty()) {
      requireFolder(path, inode);
      root.meta(inode.meta());
      return;
    }
    String name = names.removeLast();
    Inode folder = parent(names, path);
    Inode.Entry there = folder.entries().get(name);
    if (there != null && there.inode().isFolder() && inode.isFolder()) {
      there.inode().meta(inode.meta());
      there.touch(layer);
      return;
    }
    count(path);
    folder.put(name, inode, layer);
  }

  /**
   * Gives a file another name.
   *
   * @throws ImageException if there is no such file, or a path is unsafe
   */
  void link(String path, String target) {
    Deque<String> names = split(target);
    Inode inode = names.isEmpty() ? null : walk(names, target, false, false);
    if (inode == null || inode.isFolder()) {
      throw unsafe(
          path, "is a hard link to %s, which is no file in it".formatted(RawName.shown(target)));
    }
    Deque<String> own = split(path);
    if (own.isEmpty()) {
      throw unsafe(path, "would replace the root");
    }
    String name = own.removeLast();
    Inode folder = parent(own, path);
    count(path);
    folder.put(name, inode, layer);
  }

  /** Makes a folder, and those above it, unless something is there already. */
  public void ensureFolder(String path, int mode) {
    Deque<String> names = split(path);
    if (!names.isEmpty() && walk(names, path, false, false) == null) {
      add(path, Inode.folder(Inode.Meta.ofRoot(mode)));
    }
  }

  /** Removes what lower layers have at a path; what this layer has there stays. */
  void whiteOut(String folder, String name) {
    Inode parent = walk(split(folder), folder, false, true);
    Inode.Entry there = parent == null ? null : parent.entries().get(name);
    if (parent == null || there == null) {
      return;
    }
    if (there.layer() < layer) {
      parent.entries().remove(name);
    } else if (there.inode().isFolder()) {
      prune(there.inode(), 0);
    }
  }

  /** Removes what lower layers have in a folder; what this layer has there stays. */
  void whiteOutAll(String folder) {
    Inode parent = walk(split(folder), folder, false, true);
    if (parent != null && parent.isFolder()) {
      prune(parent, 0);
    }
  }

  private void prune(Inode folder, int depth) {
    Iterator<Map.Entry<String, Inode.Entry>> entries =
        Map.copyOf(folder.entries()).entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<String, Inode.Entry> entry = entries.next();
      if (entry.getValue().layer() < layer) {
        folder.entries().remove(entry.getKey());
      } else if (entry.getValue().inode().isFolder() && depth < Limits.DEPTH) {
        prune(entry.getValue().inode(), depth + 1);
      }
    }
  }

  /** The folder that a path's last name is in; missing ones are made. */
  private Inode parent(Deque<String> names, String path) {
    Inode found = walk(names, path, true, true);
    if (found == null) {
      throw unsafe(path, "is below something that is no folder");
    }
    return found;
  }

  /**
   * Follows names, and links on the way, from the root on.
   *
   * @param make whether missing folders are made, and all of the way counts as this layer's
   * @param last whether the last name is to lead to a folder, through links if need be
   */
  private @Nullable Inode walk(Deque<String> names, String path, boolean make, boolean last) {
    Deque<Inode> way = new ArrayDeque<>();
    Deque<String> rest = new ArrayDeque<>(names);
    way.push(root);
    int links = 0;
    while (!rest.isEmpty()) {
      String name = rest.removeFirst();
      Inode here = way.element();
      if (name.equals("..")) {
        // Only links have these; the root is above itself.
        if (way.size() > 1) {
          way.pop();
        }
        continue;
      }
      Inode.Entry entry = here.entries().get(name);
      if (entry == null) {
        if (!make) {
          return null;
        }
        count(path);
        entry = here.put(name, Inode.folder(Inode.Meta.ofRoot(0755)), layer);
      }
      Inode next = entry.inode();
      if (make) {
        entry.touch(next.kind() == Inode.Kind.SYMBOLIC_LINK ? entry.layer() : layer);
      }
      if (next.kind() == Inode.Kind.SYMBOLIC_LINK && (last || !rest.isEmpty())) {
        if (++links > Limits.LINKS) {
          throw unsafe(path, "leads through more than %d links".formatted(Limits.LINKS));
        }
        follow(next.target(), way, rest);
      } else if (!next.isFolder() && (last || !rest.isEmpty())) {
        return null;
      } else {
        way.push(next);
      }
      if (way.size() > Limits.DEPTH) {
        throw unsafe(path, "has more than %d folders above it".formatted(Limits.DEPTH));
      }
    }
    return way.element();
  }

  private void follow(String target, Deque<Inode> way, Deque<String> rest) {
    if (target.startsWith("/")) {
      way.clear();
      way.push(root);
    }
    String[] parts = target.split("/");
    for (int i = parts.length - 1; i >= 0; i--) {
      if (!parts[i].isEmpty() && !parts[i].equals(".")) {
        rest.addFirst(parts[i]);
      }
    }
  }

  private Deque<String> split(String path) {
    if (path.length() >= Limits.PATH || path.indexOf('\0') >= 0) {
      throw unsafe(path, "is no path: it is longer than 4095 bytes, or has a NUL");
    }
    Deque<String> names = new ArrayDeque<>();
    for (String name : path.split("/")) {
      if (name.equals("..")) {
        throw unsafe(path, "leads upward");
      }
      if (name.length() > Limits.NAME) {
        throw unsafe(path, "has a name longer than 255 bytes");
      }
      if (!name.isEmpty() && !name.equals(".")) {
        names.addLast(name);
      }
    }
    return names;
  }

  private void count(String path) {
    if (++files > limits.files()) {
      throw new ImageException(
          Reason.TOO_LARGE,
          source,
          "it has more than %d files, of which %s is the next"
              .formatted(limits.files(), RawName.shown(path)),
          "leave some out",
          null);
    }
  }

  private void requireFolder(String path, Inode inode) {
    if (!inode.isFolder()) {
      throw unsafe(path, "would replace the root");
    }
  }

  private ImageException unsafe(String path, String problem) {
    return new ImageException(
        Reason.UNSAFE,
        source,
        "the member %s %s".formatted(RawName.shown(path), problem),
        "make the archive anew, or do not trust it",
        null);
  }
}
