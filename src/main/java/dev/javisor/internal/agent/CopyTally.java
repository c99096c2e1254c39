package dev.javisor.internal.agent;

import dev.javisor.agent.CopySummary;
import java.util.ArrayList;
import java.util.List;

/** Counts what is copied. */
final class CopyTally {
  private static final int MOST_SKIPPED = 100;

  private final long limit;
  private long files;
  private long folders;
  private long links;
  private long bytes;
  private final List<String> skipped = new ArrayList<>();

  /**
   * @param limit how many bytes all files may have
   */
  CopyTally(long limit) {
    this.limit = limit;
  }

  void file() {
    files++;
  }

  void folder() {
    folders++;
  }

  void link() {
    links++;
  }

  /** Whether so many more bytes are within the limit. */
  boolean add(int count) {
    bytes += count;
    return bytes <= limit;
  }

  void skip(String path) {
    if (skipped.size() < MOST_SKIPPED) {
      skipped.add(path);
    }
  }

  CopySummary summary() {
    return new CopySummary(files, folders, links, bytes, skipped);
  }
}
