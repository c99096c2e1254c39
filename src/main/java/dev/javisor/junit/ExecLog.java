package dev.javisor.junit;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The last commands that ran in a guest, and what came of them.
 *
 * <p>Threading: any thread.
 */
final class ExecLog {
  private static final int MOST_ENTRIES = 20;
  private static final int LONGEST_ENTRY = 5000;

  private final Deque<String> entries = new ArrayDeque<>();
  private long dropped;

  synchronized void add(String entry) {
    if (entries.size() == MOST_ENTRIES) {
      entries.removeFirst();
      dropped++;
    }
    entries.addLast(
        entry.length() <= LONGEST_ENTRY ? entry : entry.substring(0, LONGEST_ENTRY) + " and so on");
  }

  /** One after another, the last one last; empty if there were none. */
  synchronized String text() {
    String before = dropped == 0 ? "" : "(%d earlier ones)\n".formatted(dropped);
    return before + String.join("\n", entries);
  }
}
