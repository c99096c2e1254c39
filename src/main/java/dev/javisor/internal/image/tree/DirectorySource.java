package dev.javisor.internal.image.tree;

import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import dev.javisor.internal.image.tar.RawName;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Puts a folder of this host into a tree. What belongs to the user of this process belongs to root
 * there: without root, nobody can have files of root's. Links are taken as they are, and never
 * followed.
 *
 * <p>Not modelled: sockets, and extended attributes but for those of the namespace {@code user}:
 * they are left out. Not safe for use by several threads.
 */
public final class DirectorySource {
  private static final int S_IFMT = 0xf000;

  private final Tree tree;
  private final Contents contents;
  private final Progress progress;
  private final Map<String, String> known = new HashMap<>();
  private long uid;
  private long gid;
  private long done;

  /**
   * @param progress told how many bytes were read
   */
  public DirectorySource(Tree tree, Contents contents, Progress progress) {
    this.tree = tree;
    this.contents = contents;
    this.progress = progress;
  }

  /**
   * Reads a folder and what is below it.
   *
   * @throws ImageException if a part of it cannot be read, or it is too large
   */
  public void read(Path folder) {
    try {
      Map<String, Object> self = Files.readAttributes(Path.of("/proc/self"), "unix:uid,gid");
      uid = number(self, "uid");
      gid = number(self, "gid");
      walk(folder, "/", 0);
    } catch (IOException e) {
      throw Failures.reading(folder.toString(), e);
    }
  }

  private void walk(Path file, String path, int depth) throws IOException {
    Map<String, Object> facts =
        Files.readAttributes(file, "unix:*", depth == 0 ? follow() : noFollow());
    add(file, path, facts);
    if (Inode.Kind.FOLDER != kind(facts) || depth > Limits.DEPTH) {
      return;
    }
    try (DirectoryStream<Path> children = Files.newDirectoryStream(file)) {
      for (Path child : children) {
        String name = rawName(child);
        walk(child, path.equals("/") ? path + name : path + "/" + name, depth + 1);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private void add(Path file, String path, Map<String, Object> facts) throws IOException {
    Inode.Kind kind = kind(facts);
    if (kind == null) {
      return;
    }
    boolean plain = kind == Inode.Kind.FILE || kind == Inode.Kind.FOLDER;
    Inode.Meta meta = meta(facts, plain ? UserAttributes.of(file) : Map.of());
    String identity = facts.get("dev") + "/" + facts.get("ino");
    if (kind != Inode.Kind.FOLDER && number(facts, "nlink") > 1) {
      String first = known.putIfAbsent(identity, path);
      if (first != null) {
        tree.link(path, first);
        return;
      }
    }
    switch (kind) {
      case FOLDER -> tree.add(path, Inode.folder(meta));
      case FILE -> tree.add(path, Inode.file(meta, content(file, number(facts, "size"))));
      case SYMBOLIC_LINK -> tree.add(path, Inode.link(meta, rawTarget(file)));
      case FIFO, CHARACTER_DEVICE, BLOCK_DEVICE -> {
        long device = number(facts, "rdev");
        int major = (int) (device >> 8 & 0xfff);
        int minor = (int) (device & 0xff | device >> 12 & 0xfff00);
        tree.add(path, Inode.special(kind, meta, major, minor));
      }
    }
  }

  private Inode.Content content(Path file, long size) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      long[] left = {size};
      // A file that grows meanwhile is taken as long as it was.
      BlockFile.Source source =
          (target, offset, length) -> {
            int n = left[0] == 0 ? -1 : in.read(target, offset, (int) Math.min(length, left[0]));
            left[0] -= Math.max(n, 0);
            return n;
          };
      Inode.Content content = contents.copy(file.toString(), size, source, file.toString());
      if (content.size() != size) {
        throw new ImageException(
            Reason.HOST, file.toString(), "it became shorter meanwhile", "try again", null);
      }
      done += size;
      progress.bytes(done, 0);
      return content;
    }
  }

  private Inode.Meta meta(Map<String, Object> facts, Map<String, String> attributes) {
    long owner = number(facts, "uid") & 0xffffffffL;
    long group = number(facts, "gid") & 0xffffffffL;
    long nanos =
        facts.get("lastModifiedTime") instanceof FileTime time ? time.to(TimeUnit.NANOSECONDS) : 0;
    return new Inode.Meta(
        (int) number(facts, "mode") & 07777,
        owner == uid ? 0 : owner,
        group == gid ? 0 : group,
        Math.floorDiv(nanos, 1_000_000_000L),
        (int) Math.floorMod(nanos, 1_000_000_000L),
        attributes);
  }

  private static Inode.@Nullable Kind kind(Map<String, Object> facts) {
    return switch ((int) number(facts, "mode") & S_IFMT) {
      case 0x1000 -> Inode.Kind.FIFO;
      case 0x2000 -> Inode.Kind.CHARACTER_DEVICE;
      case 0x4000 -> Inode.Kind.FOLDER;
      case 0x6000 -> Inode.Kind.BLOCK_DEVICE;
      case 0x8000 -> Inode.Kind.FILE;
      case 0xa000 -> Inode.Kind.SYMBOLIC_LINK;
      default -> null;
    };
  }

  private static long number(Map<String, Object> facts, String key) {
    return facts.get(key) instanceof Number number ? number.longValue() : 0;
  }

  private static LinkOption[] follow() {
    return new LinkOption[0];
  }

  private static LinkOption[] noFollow() {
    return new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
  }

  private static String rawName(Path child) {
    String raw = raw(child.toUri());
    String plain = raw.endsWith("/") ? raw.substring(0, raw.length() - 1) : raw;
    return plain.substring(plain.lastIndexOf('/') + 1);
  }

  private static String rawTarget(Path link) throws IOException {
    Path target = Files.readSymbolicLink(link);
    // A URI has all of its bytes, where a string would have them decoded; but it is absolute.
    Path below = Path.of("/-/").resolve(target);
    String raw = raw(below.toUri());
    String whole = target.isAbsolute() ? raw : raw.substring("/-/".length());
    boolean slash = whole.length() > 1 && whole.endsWith("/");
    return slash ? whole.substring(0, whole.length() - 1) : whole;
  }

  /** The bytes of a path: its URI has those that are not ASCII as {@code %XX}. */
  private static String raw(URI uri) {
    byte[] text = uri.getRawPath().getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = new byte[text.length];
    int length = 0;
    for (int i = 0; i < text.length; i++) {
      if (text[i] == '%') {
        bytes[length++] =
            (byte) Integer.parseInt(new String(text, i + 1, 2, StandardCharsets.US_ASCII), 16);
        i += 2;
      } else {
        bytes[length++] = text[i];
      }
    }
    return RawName.of(bytes, 0, length);
  }
}
