package dev.javisor.internal.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * A cpio archive in the format "newc", as the kernel reads an initramfs (Linux
 * Documentation/driver-api/early-userspace/buffer-format.rst). Equal content gives equal bytes:
 * entries are sorted, belong to root, and have no date.
 */
public final class CpioArchive {
  private static final int S_IFCHR = 0x2000;
  private static final int S_IFDIR = 0x4000;
  private static final int S_IFBLK = 0x6000;
  private static final int S_IFREG = 0x8000;
  private static final int S_IFLNK = 0xa000;
  private static final int PATH_MAX = 4096;
  private static final long MAX_FILE = 0xffffffffL;
  private static final String TRAILER = "TRAILER!!!";

  private final Map<String, Entry> entries = new TreeMap<>();

  /** Where a file's content comes from. */
  private interface Content {
    long size() throws IOException;

    void copyTo(OutputStream out) throws IOException;
  }

  private record Entry(int mode, int major, int minor, Content content) {}

  /**
   * Adds a folder; one that is there already gets the mode.
   *
   * @param path with or without {@code /} at its start
   * @param mode permissions, 0 to 07777
   * @throws IllegalArgumentException if the path or mode is none, or something else is there
   */
  public void directory(String path, int mode) {
    String name = valid(path);
    Entry there = entries.get(name);
    if (there != null && !isDirectory(there)) {
      throw new IllegalArgumentException(path + " is in the archive already, and no folder");
    }
    parents(name);
    entries.put(name, new Entry(S_IFDIR | permissions(mode), 0, 0, bytes(new byte[0])));
  }

  /**
   * Adds a file.
   *
   * @throws IllegalArgumentException if the path or mode is none, or something is there already
   */
  public void file(String path, byte[] content, int mode) {
    put(path, new Entry(S_IFREG | permissions(mode), 0, 0, bytes(content.clone())));
  }

  /**
   * Adds a copy of a file; it is read when the archive is written.
   *
   * @throws IllegalArgumentException if the path or mode is none, or something is there already
   */
  public void file(String path, Path source, int mode) {
    put(path, new Entry(S_IFREG | permissions(mode), 0, 0, copyOf(source)));
  }

  /**
   * Adds a symbolic link.
   *
   * @param target what it says, as it is
   * @throws IllegalArgumentException if the path or target is none, or something is there already
   */
  public void symbolicLink(String path, String target) {
    byte[] text = target.getBytes(StandardCharsets.UTF_8);
    if (text.length == 0 || text.length >= PATH_MAX || target.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "the link %s has a target that is no path".formatted(path));
    }
    put(path, new Entry(S_IFLNK | 0777, 0, 0, bytes(text)));
  }

  /**
   * Adds a device node.
   *
   * @param block whether it is a block device; else it is a character device
   * @param major 0 to 4095
   * @param minor 0 to 1048575
   * @throws IllegalArgumentException if path, mode or number is none, or something is there already
   */
  public void device(String path, boolean block, int major, int minor, int mode) {
    if (major < 0 || major > 0xfff || minor < 0 || minor > 0xfffff) {
      throw new IllegalArgumentException("device number %d:%d".formatted(major, minor));
    }
    int type = block ? S_IFBLK : S_IFCHR;
    put(path, new Entry(type | permissions(mode), major, minor, bytes(new byte[0])));
  }

  /** Whether something is at that path. */
  public boolean contains(String path) {
    return entries.containsKey(valid(path));
  }

  /**
   * Writes the archive.
   *
   * @throws IOException if a file that it copies cannot be read or changes meanwhile, or the output
   *     cannot be written
   */
  public void writeTo(OutputStream out) throws IOException {
    int inode = 1;
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      write(out, entry.getKey(), inode++, entry.getValue());
    }
    write(out, TRAILER, 0, new Entry(0, 0, 0, bytes(new byte[0])));
  }

  private void put(String path, Entry entry) {
    String name = valid(path);
    if (entries.containsKey(name)) {
      throw new IllegalArgumentException(path + " is in the archive already");
    }
    parents(name);
    entries.put(name, entry);
  }

  private void parents(String name) {
    for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
      String parent = name.substring(0, slash);
      Entry there =
          entries.computeIfAbsent(parent, p -> new Entry(S_IFDIR | 0755, 0, 0, bytes(new byte[0])));
      if (!isDirectory(there)) {
        throw new IllegalArgumentException(
            "%s cannot be in the archive: %s is no folder".formatted(name, parent));
      }
    }
  }

  private static boolean isDirectory(Entry entry) {
    return (entry.mode() & 0xf000) == S_IFDIR;
  }

  private static int permissions(int mode) {
    if (mode < 0 || mode > 07777) {
      throw new IllegalArgumentException("mode 0%o is not between 0 and 07777".formatted(mode));
    }
    return mode;
  }

  private static String valid(String path) {
    String name = path.startsWith("/") ? path.substring(1) : path;
    boolean clean =
        !name.isEmpty()
            && name.indexOf('\0') < 0
            && !name.equals(TRAILER)
            && name.getBytes(StandardCharsets.UTF_8).length < PATH_MAX
            && Arrays.stream(name.split("/", -1))
                .noneMatch(s -> s.isEmpty() || s.equals(".") || s.equals(".."));
    if (!clean) {
      throw new IllegalArgumentException(
          "no path for an archive: " + path.replace('\0', '?') + " (absolute and plain: /a/b)");
    }
    return name;
  }

  private static void write(OutputStream out, String name, int inode, Entry entry)
      throws IOException {
    byte[] text = (name + '\0').getBytes(StandardCharsets.UTF_8);
    long size = entry.content().size();
    if (size > MAX_FILE) {
      throw new IOException("%s is too large for a cpio archive: %d bytes".formatted(name, size));
    }
    String header =
        "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x"
            .formatted(
                inode,
                entry.mode(),
                0,
                0,
                isDirectory(entry) ? 2 : 1,
                0,
                size,
                0,
                0,
                entry.major(),
                entry.minor(),
                text.length,
                0);
    out.write(header.getBytes(StandardCharsets.US_ASCII));
    out.write(text);
    pad(out, header.length() + text.length);
    entry.content().copyTo(out);
    pad(out, size);
  }

  private static void pad(OutputStream out, long written) throws IOException {
    out.write(new byte[(int) (-written & 3)]);
  }

  private static Content bytes(byte[] bytes) {
    return new Content() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public void copyTo(OutputStream out) throws IOException {
        out.write(bytes);
      }
    };
  }

  private static Content copyOf(Path source) {
    return new Content() {
      private long size;

      @Override
      public long size() throws IOException {
        size = Files.size(source);
        return size;
      }

      @Override
      public void copyTo(OutputStream out) throws IOException {
        try (InputStream in = Files.newInputStream(source)) {
          if (in.transferTo(out) != size) {
            throw new IOException(source + " changed while it was read");
          }
        }
      }
    };
  }
}
