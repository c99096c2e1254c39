package dev.javisor.internal.image.tar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads an archive from its start to its end: ustar, GNU's long names and numbers, and POSIX
 * extended headers. Names come out as the bytes that they are, which Commons Compress, which
 * decodes extended headers as UTF-8, cannot do; and what a hostile archive may have kept in memory
 * is bounded.
 *
 * <p>Source: POSIX.1-2017 pax; GNU tar manual, Basic Tar Format. Threading: one thread.
 */
public final class TarReader {
  private static final int MOST_EXTENSIONS = 100;
  private static final int MAX_EXTENSION = 1 << 20;
  private static final String ATTRIBUTE = "SCHILY.xattr.";

  private static final SparseMap.Told NO_CONTENT = new SparseMap.Told(0, List.of());

  private final InputStream in;
  private final byte[] block = new byte[TarHeader.BLOCK];
  private Map<String, String> global = Map.of();
  private long position;
  private long remaining;
  private long padding;

  /** What headers before a member's own said about it. */
  private static final class Extension {
    private @Nullable String name;
    private @Nullable String link;
    private Map<String, String> records = Map.of();
  }

  /**
   * @param in the archive, not compressed; never closed here
   */
  public TarReader(InputStream in) {
    this.in = in;
  }

  /** How many bytes of the archive were read so far. */
  public long position() {
    return position;
  }

  /**
   * Goes to the next member, past what was not read of the one before.
   *
   * @return null at the archive's end
   * @throws TarException if it is damaged or has something that is not known here
   * @throws IOException if it cannot be read
   */
  public @Nullable TarMember next() throws IOException {
    Extension extension = new Extension();
    for (int headers = 0; headers < MOST_EXTENSIONS; headers++) {
      skip(remaining + padding);
      remaining = 0;
      padding = 0;
      if (!readBlock()) {
        return null;
      }
      TarHeader header = new TarHeader(block);
      if (header.isEmpty()) {
        return null;
      }
      if (!header.sumIsRight()) {
        throw TarException.damaged(
            "there is no header at byte %d: it is no tar archive, or damaged"
                .formatted(position - TarHeader.BLOCK));
      }
      switch (header.type()) {
        case 'x' -> extension.records = PaxRecords.parse(extension(header));
        case 'g' -> global = bounded(merged(global, PaxRecords.parse(extension(header))));
        case 'L' -> extension.name = cString(extension(header));
        case 'K' -> extension.link = cString(extension(header));
        case 'V' -> setContent(header.size());
        default -> {
          return member(header, extension);
        }
      }
    }
    throw TarException.damaged("a member has more than %d headers".formatted(MOST_EXTENSIONS));
  }

  /**
   * Reads content of the member that {@link #next} gave last.
   *
   * @return how many bytes, at least one; -1 at its end
   * @throws EOFException if the archive ends before its member does
   */
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (remaining == 0) {
      return -1;
    }
    int n = in.read(buffer, offset, (int) Math.min(length, remaining));
    if (n < 0) {
      throw cut();
    }
    position += n;
    remaining -= n;
    return n;
  }

  private TarMember member(TarHeader header, Extension extension) throws IOException {
    Map<String, String> records = merged(global, extension.records);
    records.values().removeIf(String::isEmpty);
    TarMember.Kind kind = kind(header);
    String name = records.getOrDefault("path", orElse(extension.name, header.name()));
    name = records.getOrDefault(SparseMap.NAME, name);
    if (kind == TarMember.Kind.FILE && name.endsWith("/")) {
      // Before ustar, that was how folders were told.
      kind = TarMember.Kind.FOLDER;
    }
    long size = number(records, "size", header.size());
    if (size < 0) {
      throw TarException.damaged("a member has a negative size");
    }
    boolean hasContent = kind == TarMember.Kind.FILE;
    SparseMap.Told map = hasContent ? map(header, records, size) : NO_CONTENT;
    if (!hasContent) {
      setContent(kind == TarMember.Kind.HARD_LINK ? 0 : header.size());
    }
    String[] time = records.getOrDefault("mtime", Long.toString(header.mtime())).split("\\.", 2);
    return new TarMember(
        kind,
        name,
        records.getOrDefault("linkpath", orElse(extension.link, header.link())),
        (int) (header.mode() & 07777),
        number(records, "uid", header.uid()) & 0xffffffffL,
        number(records, "gid", header.gid()) & 0xffffffffL,
        map.size(),
        map.pieces(),
        parse(time[0].isEmpty() || time[0].equals("-") ? "0" : time[0]),
        time.length < 2 ? 0 : nanos(time[1]),
        kind == TarMember.Kind.FILE ? 0 : (int) header.major(),
        kind == TarMember.Kind.FILE ? 0 : (int) header.minor(),
        attributes(records));
  }

  /** Goes to the content of a file, and makes out which parts of the file it is. */
  private SparseMap.Told map(TarHeader header, Map<String, String> records, long stored)
      throws IOException {
    SparseMap.Told map;
    if (header.type() == 'S') {
      map = SparseMap.ofHeader(header, this::nextBlock);
      setContent(stored);
    } else {
      setContent(stored);
      map = SparseMap.ofRecords(records, this::contentBlock);
    }
    if (map == null) {
      return new SparseMap.Told(
          stored, stored == 0 ? List.of() : List.of(new TarMember.Piece(0, stored)));
    }
    if (map.stored() != remaining) {
      throw TarException.damaged("a sparse member has other content than its map says");
    }
    return map;
  }

  /** Leaves alone what the header is in. */
  private byte[] nextBlock() throws IOException {
    byte[] bytes = in.readNBytes(TarHeader.BLOCK);
    position += bytes.length;
    if (bytes.length != TarHeader.BLOCK) {
      throw cut();
    }
    return bytes;
  }

  private byte[] contentBlock() throws IOException {
    byte[] bytes = new byte[TarHeader.BLOCK];
    for (int at = 0; at < bytes.length; ) {
      int n = read(bytes, at, bytes.length - at);
      if (n < 0) {
        throw TarException.damaged("the map of a sparse member is damaged");
      }
      at += n;
    }
    return bytes;
  }

  private static TarMember.Kind kind(TarHeader header) throws TarException {
    return switch (header.type()) {
      case '0', '\0', '7', 'S' -> TarMember.Kind.FILE;
      case '1' -> TarMember.Kind.HARD_LINK;
      case '2' -> TarMember.Kind.SYMBOLIC_LINK;
      case '3' -> TarMember.Kind.CHARACTER_DEVICE;
      case '4' -> TarMember.Kind.BLOCK_DEVICE;
      case '5' -> TarMember.Kind.FOLDER;
      case '6' -> TarMember.Kind.FIFO;
      default ->
          throw TarException.unsupported(
              "the member %s is of type %d, which is not known"
                  .formatted(RawName.shown(header.name()), (int) header.type()));
    };
  }

  private static Map<String, String> attributes(Map<String, String> records) {
    Map<String, String> attributes = new LinkedHashMap<>();
    records.forEach(
        (key, value) -> {
          if (key.startsWith(ATTRIBUTE)) {
            attributes.put(key.substring(ATTRIBUTE.length()), value);
          }
        });
    return attributes;
  }

  private static Map<String, String> merged(Map<String, String> old, Map<String, String> added) {
    Map<String, String> merged = new HashMap<>(old);
    merged.putAll(added);
    return merged;
  }

  private static Map<String, String> bounded(Map<String, String> records) throws TarException {
    long bytes = 0;
    for (Map.Entry<String, String> record : records.entrySet()) {
      bytes += record.getKey().length() + record.getValue().length();
    }
    if (bytes > MAX_EXTENSION) {
      throw TarException.damaged("global headers of %d bytes".formatted(bytes));
    }
    return records;
  }

  private static String orElse(@Nullable String first, String second) {
    return first != null ? first : second;
  }

  private static long number(Map<String, String> records, String key, long otherwise)
      throws TarException {
    String text = records.get(key);
    return text == null ? otherwise : parse(text);
  }

  private static long parse(String text) throws TarException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw TarException.damaged("an extended header has a number that is none");
    }
  }

  private static int nanos(String fraction) throws TarException {
    String digits = (fraction + "000000000").substring(0, 9);
    return digits.chars().allMatch(c -> c >= '0' && c <= '9') ? (int) parse(digits) : 0;
  }

  private byte[] extension(TarHeader header) throws IOException {
    long size = header.size();
    if (size < 0 || size > MAX_EXTENSION) {
      throw TarException.damaged("an extended header of %d bytes".formatted(size));
    }
    setContent(size);
    byte[] bytes = new byte[(int) size];
    for (int at = 0; at < bytes.length; ) {
      at += read(bytes, at, bytes.length - at);
    }
    return bytes;
  }

  private static String cString(byte[] bytes) {
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return RawName.of(bytes, 0, length);
  }

  private void setContent(long size) throws TarException {
    if (size < 0 || size > Long.MAX_VALUE - TarHeader.BLOCK) {
      throw TarException.damaged("a member of %d bytes".formatted(size));
    }
    remaining = size;
    padding = -size & (TarHeader.BLOCK - 1);
  }

  private void skip(long bytes) throws IOException {
    try {
      in.skipNBytes(bytes);
    } catch (EOFException e) {
      throw cut();
    }
    position += bytes;
  }

  private boolean readBlock() throws IOException {
    int n = in.readNBytes(block, 0, TarHeader.BLOCK);
    position += n;
    if (n != 0 && n != TarHeader.BLOCK) {
      throw cut();
    }
    return n != 0;
  }

  private static EOFException cut() {
    return new EOFException("the archive ends in the middle of a member: it was cut off");
  }
}
