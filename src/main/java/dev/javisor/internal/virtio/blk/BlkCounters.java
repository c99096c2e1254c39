package dev.javisor.internal.virtio.blk;

import dev.javisor.internal.bus.DeviceCounters;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What a disk device counts, for each of its queues apart, so that they do not get into each
 * other's way.
 */
final class BlkCounters implements DeviceCounters {
  /** What one queue counts. One thread at a time counts; any thread reads. */
  static final class Queue {
    private static final int BYTES = 0;
    private static final int OPS = 1;
    private static final int NANOS = 2;
    private static final int LEAST = 3;
    private static final int MOST = 4;
    private static final int WRITES = 5;
    private static final int FLUSHES = 10;
    private static final int ERRORS = 11;

    private final AtomicLongArray values = new AtomicLongArray(12);

    void transferred(boolean write, long bytes, long nanos) {
      int base = write ? WRITES : 0;
      long operations = values.getPlain(base + OPS);
      add(base + BYTES, bytes);
      add(base + OPS, 1);
      add(base + NANOS, nanos);
      if (operations == 0 || nanos < values.getPlain(base + LEAST)) {
        values.setRelease(base + LEAST, nanos);
      }
      if (nanos > values.getPlain(base + MOST)) {
        values.setRelease(base + MOST, nanos);
      }
    }

    void flushed() {
      add(FLUSHES, 1);
    }

    void failed() {
      add(ERRORS, 1);
    }

    private void add(int index, long value) {
      values.setRelease(index, values.getPlain(index) + value);
    }
  }

  private final String id;
  private final Queue[] queues;

  BlkCounters(String id, int queues) {
    this.id = id;
    this.queues = new Queue[queues];
    for (int i = 0; i < queues; i++) {
      this.queues[i] = new Queue();
    }
  }

  Queue queue(int index) {
    return queues[index];
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Map<String, Long> counters() {
    Map<String, Long> counters = new LinkedHashMap<>();
    add(counters, "read", 0);
    add(counters, "write", Queue.WRITES);
    counters.put("flush_ops", sum(Queue.FLUSHES));
    counters.put("errors", sum(Queue.ERRORS));
    return counters;
  }

  private void add(Map<String, Long> counters, String name, int base) {
    long operations = sum(base + Queue.OPS);
    long least = Long.MAX_VALUE;
    long most = 0;
    for (Queue queue : queues) {
      if (queue.values.getAcquire(base + Queue.OPS) > 0) {
        least = Math.min(least, queue.values.getAcquire(base + Queue.LEAST));
        most = Math.max(most, queue.values.getAcquire(base + Queue.MOST));
      }
    }
    counters.put(name + "_bytes", sum(base + Queue.BYTES));
    counters.put(name + "_ops", operations);
    counters.put(name + "_latency_min_us", operations == 0 ? 0 : least / 1000);
    counters.put(name + "_latency_max_us", most / 1000);
    counters.put(
        name + "_latency_avg_us",
        operations == 0 ? 0 : sum(base + Queue.NANOS) / operations / 1000);
  }

  private long sum(int index) {
    long sum = 0;
    for (Queue queue : queues) {
      sum += queue.values.getAcquire(index);
    }
    return sum;
  }
}
