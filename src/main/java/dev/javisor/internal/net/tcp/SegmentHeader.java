package dev.javisor.internal.net.tcp;

import java.nio.ByteBuffer;

/**
 * The header of a segment that came (RFC 9293 §3.1), copied before anything in it is looked at. One
 * for all segments of a stack.
 *
 * <p>Not modelled: urgent data (it is data like any other), explicit congestion notification,
 * timestamps (RFC 7323), and options that nobody here has offered.
 */
final class SegmentHeader {
  static final int FIN = 1;
  static final int SYN = 2;
  static final int RST = 4;
  static final int PSH = 8;
  static final int ACK = 16;

  static final int OPTION_END = 0;
  static final int OPTION_NOTHING = 1;
  static final int OPTION_MSS = 2;
  static final int OPTION_SCALE = 3;
  static final int OPTION_SACK_PERMITTED = 4;
  static final int OPTION_SACK = 5;

  static final int LEAST = 20;
  static final int MOST = 60;
  private static final int BLOCKS = 4;
  private static final int MOST_SCALE = 14;
  private static final int MOST_LENGTH = 65535;

  private final ByteBuffer bytes = ByteBuffer.allocate(MOST);
  private final int[] blocks = new int[2 * BLOCKS];
  private int seq;
  private int ack;
  private int flags;
  private int window;
  private int headerLength;
  private int payload;
  private int mss;
  private int scale;
  private boolean sackPermitted;
  private int blockCount;

  /** Reads the header; false if this is no TCP segment. */
  boolean read(SegmentSource segment) {
    int length = segment.length();
    if (length < LEAST || length > MOST_LENGTH) {
      return false;
    }
    segment.copyTo(0, bytes.clear().limit(Math.min(MOST, length)));
    headerLength = (bytes.get(12) & 0xf0) >>> 2;
    if (headerLength < LEAST || headerLength > length) {
      return false;
    }
    seq = bytes.getInt(4);
    ack = bytes.getInt(8);
    flags = bytes.get(13) & 0x3f;
    window = bytes.getShort(14) & 0xffff;
    payload = length - headerLength;
    readOptions();
    return true;
  }

  private void readOptions() {
    mss = 0;
    scale = -1;
    sackPermitted = false;
    blockCount = 0;
    int at = LEAST;
    while (at < headerLength) {
      int kind = bytes.get(at) & 0xff;
      if (kind == OPTION_END) {
        return;
      }
      if (kind == OPTION_NOTHING) {
        at++;
        continue;
      }
      int length = at + 1 < headerLength ? bytes.get(at + 1) & 0xff : 0;
      if (length < 2 || at + length > headerLength) {
        return;
      }
      readOption(kind, at + 2, length - 2);
      at += length;
    }
  }

  private void readOption(int kind, int at, int length) {
    if (kind == OPTION_SACK && !has(SYN)) {
      for (int i = at; i + 8 <= at + length && blockCount < BLOCKS; i += 8) {
        blocks[2 * blockCount] = bytes.getInt(i);
        blocks[2 * blockCount + 1] = bytes.getInt(i + 4);
        blockCount++;
      }
    } else if (has(SYN)) {
      if (kind == OPTION_MSS && length == 2) {
        mss = bytes.getShort(at) & 0xffff;
      } else if (kind == OPTION_SCALE && length == 1) {
        scale = Math.min(bytes.get(at) & 0xff, MOST_SCALE);
      } else if (kind == OPTION_SACK_PERMITTED && length == 0) {
        sackPermitted = true;
      }
    }
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  int seq() {
    return seq;
  }

  int ack() {
    return ack;
  }

  /** As it stands there, not scaled. */
  int window() {
    return window;
  }

  int headerLength() {
    return headerLength;
  }

  int payload() {
    return payload;
  }

  /** Sequence numbers that the segment takes. */
  int length() {
    return payload + (has(SYN) ? 1 : 0) + (has(FIN) ? 1 : 0);
  }

  /** 0 if it does not say. */
  int mss() {
    return mss;
  }

  /** -1 if it does not say. */
  int scale() {
    return scale;
  }

  boolean sackPermitted() {
    return sackPermitted;
  }

  int blockCount() {
    return blockCount;
  }

  int blockLow(int index) {
    return blocks[2 * index];
  }

  int blockHigh(int index) {
    return blocks[2 * index + 1];
  }
}
