package dev.javisor.internal.console;

import java.nio.charset.StandardCharsets;

/** Reads a {@link ConsoleLog} as text: UTF-8, with LF alone at the end of lines. */
public final class ConsoleText {
  private ConsoleText() {}

  /** All that is kept; a first line tells how much is not. */
  public static String whole(ConsoleLog log) {
    ConsoleLog.Chunk chunk = log.read(0, Integer.MAX_VALUE);
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
    long end = log.end();
    ConsoleLog.Chunk chunk = log.read(end - bytes, bytes);
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
