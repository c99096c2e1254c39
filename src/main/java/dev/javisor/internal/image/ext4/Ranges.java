package dev.javisor.internal.image.ext4;

import java.util.ArrayList;
import java.util.List;

/** Runs of blocks; those that follow each other become one. */
final class Ranges {
  private final List<Range> ranges = new ArrayList<>();

  /**
   * Some blocks.
   *
   * @param first the first of them
   * @param count how many
   */
  record Range(long first, long count) {}

  void add(long first, long count) {
    if (count == 0) {
      return;
    }
    int last = ranges.size() - 1;
    if (last >= 0 && ranges.get(last).first() + ranges.get(last).count() == first) {
      ranges.set(last, new Range(ranges.get(last).first(), ranges.get(last).count() + count));
    } else {
      ranges.add(new Range(first, count));
    }
  }

  List<Range> all() {
    return ranges;
  }
}
