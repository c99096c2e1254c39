package dev.javisor.internal.console;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Reads a {@link ConsoleLog} as text: UTF-8, with LF alone at the end of lines. */
public final class ConsoleText {
  private static final int PIECE = 64 << 10;

  private ConsoleText() {}

  /** All that is kept; a first line tells how much is not. */
  public static String whole(ConsoleLog log) {
    ConsoleLog.Chunk chunk = snapshot(log, 0);
    String text = decode(chunk);
    return chunk.position() == 0 ? text : dropped(chunk.position()) + "\n" + text;
  }

  /**
   * The last lines of what is kept, an unfinished one included.
   *
   * @param lines how many at the most
   * @param bytes how many bytes at the most; a line cut by that is left out unless it is the last
   */
  public static String tail(ConsoleLog log, int lines, int bytes) {
    ConsoleLog.Chunk chunk = snapshot(log, log.end() - bytes);
    String text = decode(chunk);
    if (chunk.position() > 0) {
      int firstLineEnd = text.indexOf('\n');
      boolean onlyLine = firstLineEnd < 0 || firstLineEnd == text.length() - 1;
      text = onlyLine ? text : text.substring(firstLineEnd + 1);
    }
    int from = text.endsWith("\n") ? text.length() - 1 : text.length();
    for (int i = 0; i < lines && from >= 0; i++) {
      from = text.lastIndexOf('\n', from - 1);
    }
    return text.substring(lines == 0 ? text.length() : from + 1);
  }

  /** The line that stands for output that is lost. */
  static String dropped(long bytes) {
    return "[javisor: " + bytes + " bytes of console output dropped]";
  }

  /** Copies piece by piece, so that a vCPU that writes meanwhile waits for a piece at the most. */
  private static ConsoleLog.Chunk snapshot(ConsoleLog log, long from) {
    long end = log.end();
    long start = Math.max(from, log.start());
    long position = start;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (position < end) {
      ConsoleLog.Chunk chunk = log.read(position, PIECE);
      if (chunk.position() > position) {
        // The guest was faster, and what is copied does not reach up to this piece.
        bytes.reset();
        start = chunk.position();
      }
      bytes.writeBytes(chunk.bytes());
      position = chunk.next();
    }
    return new ConsoleLog.Chunk(start, bytes.toByteArray());
  }

  private static String decode(ConsoleLog.Chunk chunk) {
    byte[] bytes = chunk.bytes();
    int start = chunk.position() == 0 ? 0 : continuationBytes(bytes);
    return new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8)
        .replaceAll("\r+\n", "\n");
  }

  /** How many bytes at the start belong to a character whose beginning is lost, at most 3. */
  static int continuationBytes(byte[] bytes) {
    int count = 0;
    while (count < Math.min(3, bytes.length) && (bytes[count] & 0xC0) == 0x80) {
      count++;
    }
    return count;
  }
}
