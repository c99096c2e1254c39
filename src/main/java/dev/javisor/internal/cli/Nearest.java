package dev.javisor.internal.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the word that somebody meant. */
final class Nearest {
  private Nearest() {}

  /**
   * The word with the fewest letters to change, the first of several; none if so many would have to
   * change that it cannot be meant.
   */
  static Optional<String> of(String typed, List<String> words) {
    return words.stream()
        .min(Comparator.comparingInt(word -> distance(typed, word)))
        .filter(word -> distance(typed, word) <= typed.length() / 2 + 1);
  }

  /** The end of a message: what was meant, or a full stop. */
  static String hint(String typed, List<String> words) {
    return of(typed, words).map("; did you mean %s?"::formatted).orElse(".");
  }

  /** The Levenshtein distance. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int above = row[j];
        int change = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[to.length()];
  }
}
