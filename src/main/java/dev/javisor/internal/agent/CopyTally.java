package dev.javisor.internal.agent;

import dev.javisor.agent.CopyListener;
import dev.javisor.agent.CopySummary;
import java.util.ArrayList;
import java.util.List;

/** Counts what is copied. */
final class CopyTally {
  private static final int MOST_SKIPPED = 100;
  private static final long BYTES_TOLD = 1 << 20;
  private static final long ENTRIES_TOLD = 1000;

  private final long limit;
  private final CopyListener listener;
  private long files;
  private long folders;
  private long links;
  private long bytes;
  private final List<String> skipped = new ArrayList<>();

  /**
   * @param limit how many bytes all files may have
   * @param listener is told how far it is
   */
  CopyTally(long limit, CopyListener listener) {
    this.limit = limit;
    this.listener = listener;
  }

  void file() {
    files++;
    entry();
  }

  void folder() {
    folders++;
    entry();
  }

  void link() {
    links++;
    entry();
  }

  private void entry() {
    long entries = files + folders + links;
    if (entries % ENTRIES_TOLD == 0) {
      listener.progress(entries, bytes);
    }
  }

  /** Whether so many more bytes are within the limit. */
  boolean add(int count) {
    long told = bytes / BYTES_TOLD;
    bytes += count;
    if (bytes / BYTES_TOLD != told) {
      listener.progress(files + folders + links, bytes);
    }
    return bytes <= limit;
  }

  void skip(String path) {
    if (skipped.size() < MOST_SKIPPED) {
      skipped.add(path);
    }
  }

  /** At the end. */
  CopySummary summary() {
    listener.progress(files + folders + links, bytes);
    return new CopySummary(files, folders, links, bytes, skipped);
  }
}
