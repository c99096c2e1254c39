package dev.javisor.bench.device;

import java.io.IOException;

/**
 * What a guest has measured.
 *
 * @param ticks of the time-stamp counter
 * @param bytes that came or went meanwhile
 */
record LoadResult(long ticks, long bytes) {
  /**
   * Reads the guest's line.
   *
   * @throws IOException with the guest's word, if it says why it has measured nothing
   */
  static LoadResult parse(String line) throws IOException {
    String[] words = line.strip().split(" ");
    if (!line.startsWith(LoadGuest.RESULT) || words.length != 3) {
      throw new IOException(line.isBlank() ? "no result" : line.strip());
    }
    return new LoadResult(Long.parseLong(words[1], 16), Long.parseLong(words[2], 16));
  }

  /** Whether a line is the guest's last word. */
  static boolean isLast(String line) {
    return line.startsWith(LoadGuest.RESULT) || line.startsWith(LoadGuest.FAILED);
  }
}
