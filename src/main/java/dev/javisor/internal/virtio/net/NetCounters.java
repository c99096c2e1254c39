package dev.javisor.internal.virtio.net;

import dev.javisor.internal.bus.DeviceCounters;
import dev.javisor.internal.net.NetPort;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/** What a network device counts, for each of its queues apart. Frames without their headers. */
final class NetCounters implements DeviceCounters {
  /** What one queue counts. One thread at a time counts; any thread reads. */
  static final class Queue {
    private static final int BYTES = 0;
    private static final int FRAMES = 1;
    private static final int DROPPED = 2;

    private final AtomicLongArray values = new AtomicLongArray(3);

    void passed(long bytes) {
      add(BYTES, bytes);
      add(FRAMES, 1);
    }

    void dropped() {
      add(DROPPED, 1);
    }

    private void add(int index, long value) {
      values.setRelease(index, values.getPlain(index) + value);
    }
  }

  private final String id;
  private final NetPort port;
  private final Queue[] received;
  private final Queue[] sent;

  /**
   * @param port tells what it counts itself
   */
  NetCounters(String id, int pairs, NetPort port) {
    this.id = id;
    this.port = port;
    received = new Queue[pairs];
    sent = new Queue[pairs];
    for (int i = 0; i < pairs; i++) {
      received[i] = new Queue();
      sent[i] = new Queue();
    }
  }

  Queue received(int pair) {
    return received[pair];
  }

  Queue sent(int pair) {
    return sent[pair];
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Map<String, Long> counters() {
    Map<String, Long> counters = new LinkedHashMap<>();
    add(counters, "rx", received);
    add(counters, "tx", sent);
    counters.putAll(port.counters());
    return counters;
  }

  private static void add(Map<String, Long> counters, String name, Queue[] queues) {
    counters.put(name + "_bytes", sum(queues, Queue.BYTES));
    counters.put(name + "_frames", sum(queues, Queue.FRAMES));
    counters.put(name + "_dropped", sum(queues, Queue.DROPPED));
  }

  private static long sum(Queue[] queues, int index) {
    long sum = 0;
    for (Queue queue : queues) {
      sum += queue.values.getAcquire(index);
    }
    return sum;
  }
}
