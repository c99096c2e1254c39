package dev.javisor.internal.machine;

import dev.javisor.internal.kvm.KvmExit;
import dev.javisor.internal.kvm.KvmExitNames;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts a vCPU's exits by reason.
 *
 * <p>Threading: one thread counts, any thread reads; a reader may miss the latest few.
 */
final class ExitCounters {
  private static final int OTHER = KvmExit.REASONS;
  private static final int INTERRUPTED = KvmExit.REASONS + 1;
  private static final String PREFIX = "KVM_EXIT_";

  private final AtomicLongArray counts = new AtomicLongArray(KvmExit.REASONS + 2);

  void count(int reason) {
    increment(reason < KvmExit.REASONS ? reason : OTHER);
  }

  /** Counts an exit that somebody here asked for. */
  void countInterruption() {
    increment(INTERRUPTED);
  }

  Map<String, Long> byName() {
    Map<String, Long> named = new TreeMap<>();
    for (int i = 0; i < counts.length(); i++) {
      long count = counts.get(i);
      if (count > 0) {
        named.put(name(i), count);
      }
    }
    return named;
  }

  private static String name(int index) {
    if (index == OTHER) {
      return "OTHER";
    }
    if (index == INTERRUPTED) {
      return "INTERRUPTED";
    }
    String name = KvmExitNames.of(index);
    return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
  }

  private void increment(int index) {
    // One writer: an ordered store is enough, and cheaper than an atomic addition.
    counts.lazySet(index, counts.getPlain(index) + 1);
  }
}
