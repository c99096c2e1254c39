package dev.javisor.internal.image.tar;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the stored content of a sparse member belongs, in the four ways that GNU tar has to say so.
 *
 * <p>Source: GNU tar manual, "Storing Sparse Files": Old GNU Format, PAX formats 0.0, 0.1 and 1.0.
 * Threading: one thread.
 */
final class SparseMap {
  /** What begins the names of all records about it. */
  static final String PREFIX = "GNU.sparse.";

  /** The member's name; its path is a made-up one. */
  static final String NAME = PREFIX + "name";

  /** The list of format 0.1; {@link PaxRecords} gathers that of 0.0 in the same form. */
  static final String LIST = PREFIX + "map";

  private static final int MOST = 1 << 18;
  private static final int IN_HEADER = 386;
  private static final int ENTRIES_IN_HEADER = 4;
  private static final int ENTRIES_IN_BLOCK = 21;
  private static final int ENTRY = 24;
  private static final int REAL_SIZE = 483;
  private static final int MOST_DIGITS = 19;

  private final List<TarMember.Piece> pieces = new ArrayList<>();
  private int entries;

  /** Reads the next block of the archive, or of the member. */
  @FunctionalInterface
  interface Blocks {
    byte[] next() throws IOException;
  }

  /**
   * What a map tells.
   *
   * @param size of the file
   * @param pieces what is not holes, in the order of the file
   */
  record Told(long size, List<TarMember.Piece> pieces) {
    long stored() {
      return pieces.stream().mapToLong(TarMember.Piece::length).sum();
    }
  }

  private SparseMap() {}

  /** That of a header of the old format, whose blocks follow it. */
  static Told ofHeader(TarHeader header, Blocks blocks) throws IOException {
    SparseMap map = new SparseMap();
    boolean more = map.addEntries(header, IN_HEADER, ENTRIES_IN_HEADER);
    long size = header.number(REAL_SIZE, 12);
    while (more) {
      map.checkCount();
      more = map.addEntries(new TarHeader(blocks.next()), 0, ENTRIES_IN_BLOCK);
    }
    return map.told(size);
  }

  /** That of extended headers; null if they have none. */
  static @Nullable Told ofRecords(Map<String, String> records, Blocks content) throws IOException {
    String major = records.get(PREFIX + "major");
    if (major != null) {
      if (!major.equals("1") || !"0".equals(records.get(PREFIX + "minor"))) {
        throw TarException.unsupported(
            "a member is stored as a sparse file in a format that is not known here");
      }
      return new SparseMap().read(number(records.get(PREFIX + "realsize")), content);
    }
    String list = records.get(LIST);
    if (list == null && !records.containsKey(PREFIX + "size")) {
      return null;
    }
    SparseMap map = new SparseMap();
    String[] numbers = list == null ? new String[0] : list.split(",", -1);
    if (numbers.length % 2 != 0) {
      throw damaged();
    }
    for (int i = 0; i < numbers.length; i += 2) {
      map.add(number(numbers[i]), number(numbers[i + 1]));
    }
    return map.told(number(records.get(PREFIX + "size")));
  }

  /** Decimal lines at the start of the content, padded to whole blocks. */
  private Told read(long size, Blocks content) throws IOException {
    Lines lines = new Lines(content);
    long count = lines.next();
    if (count > MOST) {
      throw damaged();
    }
    for (long i = 0; i < count; i++) {
      add(lines.next(), lines.next());
    }
    return told(size);
  }

  /** Numbers, a line each. */
  private static final class Lines {
    private final Blocks blocks;
    private byte[] block = new byte[0];
    private int at;

    Lines(Blocks blocks) {
      this.blocks = blocks;
    }

    long next() throws IOException {
      StringBuilder digits = new StringBuilder();
      while (true) {
        if (at == block.length) {
          block = blocks.next();
          at = 0;
        }
        char c = (char) (block[at++] & 0xff);
        if (c == '\n') {
          return number(digits.toString());
        }
        if (digits.length() == MOST_DIGITS) {
          throw damaged();
        }
        digits.append(c);
      }
    }
  }

  /** Whether a block of more entries follows: a byte behind the entries says so. */
  private boolean addEntries(TarHeader block, int offset, int count) throws TarException {
    for (int i = 0; i < count; i++) {
      int at = offset + i * ENTRY;
      if (!block.isEmpty(at, ENTRY)) {
        add(block.number(at, 12), block.number(at + 12, 12));
      }
    }
    return !block.isEmpty(offset + count * ENTRY, 1);
  }

  private void add(long offset, long length) throws TarException {
    entries++;
    checkCount();
    int last = pieces.size() - 1;
    long end = last < 0 ? 0 : pieces.get(last).offset() + pieces.get(last).length();
    if (offset < end || length < 0 || offset + length < offset) {
      throw damaged();
    }
    if (length > 0) {
      pieces.add(new TarMember.Piece(offset, length));
    }
  }

  private void checkCount() throws TarException {
    if (entries > MOST) {
      throw damaged();
    }
  }

  private Told told(long size) throws TarException {
    int last = pieces.size() - 1;
    if (size < 0 || last >= 0 && pieces.get(last).offset() + pieces.get(last).length() > size) {
      throw damaged();
    }
    return new Told(size, List.copyOf(pieces));
  }

  private static long number(@Nullable String digits) throws TarException {
    if (digits == null || !digits.matches("[0-9]{1,19}")) {
      throw damaged();
    }
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw damaged();
    }
  }

  private static TarException damaged() {
    return TarException.damaged("the map of a sparse member is damaged");
  }
}
