package dev.javisor.internal.image;

import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import dev.javisor.internal.image.tar.RawName;
import dev.javisor.internal.image.tree.BlockFile;
import dev.javisor.internal.image.tree.Inode;
import dev.javisor.internal.image.tree.Tree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Writes a tree as the archive that a kernel unpacks into its memory, with owners, devices and hard
 * links.
 *
 * <p>Source: Linux Documentation/driver-api/early-userspace/buffer-format.rst. Not modelled:
 * extended attributes, which the format does not have. Not safe for use by several threads.
 */
final class CpioTree {
  private static final String TRAILER = "TRAILER!!!";
  private static final long MOST = 0xffffffffL;

  private final BlockFile contents;
  private final OutputStream out;
  private final String source;
  private final IdentityHashMap<Inode, Integer> numbers = new IdentityHashMap<>();
  private final IdentityHashMap<Inode, Integer> names = new IdentityHashMap<>();

  private long bytes;

  private CpioTree(BlockFile contents, OutputStream out, String source) {
    this.contents = contents;
    this.out = out;
    this.source = source;
  }

  /**
   * Writes the archive.
   *
   * @param contents the content of the tree's files
   * @throws ImageException if its files have 4 GiB or more
   */
  static void write(Tree tree, BlockFile contents, OutputStream out, String source)
      throws IOException {
    CpioTree archive = new CpioTree(contents, out, source);
    archive.count(tree.root());
    archive.walk("", tree.root());
    Inode end = tree.root();
    archive.header(TRAILER, end, 0, 0, 1, 0);
  }

  private void count(Inode folder) {
    for (Map.Entry<String, Inode> child : folder.children()) {
      names.merge(child.getValue(), 1, Integer::sum);
      if (child.getValue().isFolder()) {
        count(child.getValue());
      }
    }
  }

  private void walk(String path, Inode folder) throws IOException {
    for (Map.Entry<String, Inode> child : folder.children()) {
      String name = path.isEmpty() ? child.getKey() : path + "/" + child.getKey();
      entry(name, child.getValue());
      if (child.getValue().isFolder()) {
        walk(name, child.getValue());
      }
    }
  }

  private void entry(String name, Inode inode) throws IOException {
    Integer known = numbers.putIfAbsent(inode, numbers.size() + 1);
    int number = known == null ? numbers.size() : known;
    int links = inode.isFolder() ? 2 : names.getOrDefault(inode, 1);
    if (inode.kind() == Inode.Kind.SYMBOLIC_LINK) {
      byte[] target = RawName.bytes(inode.target());
      header(name, inode, inode.mode(), number, links, target.length);
      out.write(target);
      pad(target.length);
      return;
    }
    // The kernel takes the content with the first of a file's names.
    long size = known == null ? inode.content().size() : 0;
    bytes += size;
    if (bytes > MOST) {
      throw new ImageException(
          Reason.TOO_LARGE,
          source,
          "with the file %s of %d bytes it has more than 4 GiB, which is too much for an initramfs"
              .formatted(RawName.shown(name), size),
          "make a disk of it",
          null);
    }
    header(name, inode, inode.mode(), number, links, size);
    copy(inode.content(), size);
    pad(size);
  }

  private void copy(Inode.Content content, long size) throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (long at = 0; at < size; at += buffer.length) {
      int length = (int) Math.min(buffer.length, size - at);
      contents.read(content, at, buffer, length);
      out.write(buffer, 0, length);
    }
  }

  private void header(String name, Inode inode, int mode, int number, int links, long size)
      throws IOException {
    byte[] text = RawName.bytes(name + '\0');
    Inode.Meta meta = inode.meta();
    String header =
        "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x"
            .formatted(
                number,
                mode,
                mode == 0 ? 0 : meta.uid(),
                mode == 0 ? 0 : meta.gid(),
                links,
                mode == 0 ? 0 : Math.max(0, Math.min(meta.seconds(), 0xffffffffL)),
                size,
                0,
                0,
                inode.major(),
                inode.minor(),
                text.length,
                0);
    out.write(header.getBytes(StandardCharsets.US_ASCII));
    out.write(text);
    pad(header.length() + text.length);
  }

  private void pad(long written) throws IOException {
    out.write(new byte[(int) (-written & 3)]);
  }
}
