package dev.javisor.internal.console;

import java.nio.charset.StandardCharsets;

/**
 * How far the clients of a back end, one after the other, have got in its output.
 *
 * <p>Threading: one thread at a time.
 */
final class OutputCursor {
  private static final int PIECE = 4096;

  private final ConsoleLog log;
  private long position;
  private byte[] piece = {};
  private int offset;

  OutputCursor(ConsoleLog log) {
    this.log = log;
  }

  /** Whether there are bytes to write: from {@link #offset} to the end of {@link #piece}. */
  boolean load() {
    if (offset < piece.length) {
      return true;
    }
    ConsoleLog.Chunk chunk = log.read(position, PIECE);
    long missed = chunk.position() - position;
    offset = 0;
    if (missed > 0) {
      String note = "\r\n" + ConsoleText.dropped(missed) + "\r\n";
      piece = note.getBytes(StandardCharsets.UTF_8);
      position = chunk.position();
    } else {
      piece = chunk.bytes();
      position = chunk.next();
    }
    return piece.length > 0;
  }

  byte[] piece() {
    return piece;
  }

  int offset() {
    return offset;
  }

  int length() {
    return piece.length - offset;
  }

  /** So many bytes are written. */
  void advance(int count) {
    offset += count;
  }
}
