package dev.javisor.internal.image.tar;

/**
 * The fields of a header block.
 *
 * <p>Source: POSIX.1-2017 pax §ustar Interchange Format; GNU tar manual, Basic Tar Format.
 */
final class TarHeader {
  static final int BLOCK = 512;

  private static final int MODE = 100;
  private static final int UID = 108;
  private static final int GID = 116;
  private static final int SIZE = 124;
  private static final int MTIME = 136;
  private static final int CHECKSUM = 148;
  private static final int TYPE = 156;
  private static final int LINK = 157;
  private static final int MAGIC = 257;
  private static final int MAJOR = 329;
  private static final int MINOR = 337;
  private static final int PREFIX = 345;

  private final byte[] block;

  TarHeader(byte[] block) {
    this.block = block;
  }

  boolean isEmpty() {
    return isEmpty(0, BLOCK);
  }

  boolean isEmpty(int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (block[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Old writers summed signed bytes. */
  boolean sumIsRight() throws TarException {
    int unsigned = 0;
    int signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      byte b = i >= CHECKSUM && i < CHECKSUM + 8 ? (byte) ' ' : block[i];
      unsigned += b & 0xff;
      signed += b;
    }
    long sum = number(CHECKSUM, 8);
    return sum == unsigned || sum == signed;
  }

  char type() {
    return (char) (block[TYPE] & 0xff);
  }

  String name() {
    String name = text(0, 100);
    // GNU's own format has other things where ustar has the prefix.
    if (RawName.of(block, MAGIC, 6).equals("ustar\0") && block[PREFIX] != 0) {
      return text(PREFIX, 155) + "/" + name;
    }
    return name;
  }

  String link() {
    return text(LINK, 100);
  }

  long mode() throws TarException {
    return number(MODE, 8);
  }

  long uid() throws TarException {
    return number(UID, 8);
  }

  long gid() throws TarException {
    return number(GID, 8);
  }

  long size() throws TarException {
    return number(SIZE, 12);
  }

  long mtime() throws TarException {
    return number(MTIME, 12);
  }

  long major() throws TarException {
    return number(MAJOR, 8);
  }

  long minor() throws TarException {
    return number(MINOR, 8);
  }

  private String text(int offset, int most) {
    int length = 0;
    while (length < most && block[offset + length] != 0) {
      length++;
    }
    return RawName.of(block, offset, length);
  }

  /** Octal digits, or GNU's base 256 where the first bit is set. */
  long number(int offset, int length) throws TarException {
    if ((block[offset] & 0x80) != 0) {
      return binary(offset, length);
    }
    long value = 0;
    boolean begun = false;
    for (int i = offset; i < offset + length; i++) {
      int c = block[i] & 0xff;
      if (c >= '0' && c <= '7') {
        value = value << 3 | c - '0';
        begun = true;
      } else if (c == 0 || c == ' ' && begun) {
        break;
      } else if (c != ' ') {
        throw TarException.damaged("a header has a number that is none");
      }
    }
    return value;
  }

  private long binary(int offset, int length) throws TarException {
    boolean negative = (block[offset] & 0x40) != 0;
    long value = negative ? -1 : 0;
    for (int i = offset; i < offset + length; i++) {
      int b = block[i] & 0xff;
      if (i == offset) {
        b = negative ? b : b & 0x7f;
      }
      if (value > Long.MAX_VALUE >> 8 || value < Long.MIN_VALUE >> 8) {
        throw TarException.damaged("a header has a number beyond 64 bits");
      }
      value = value << 8 | b;
    }
    return value;
  }
}
