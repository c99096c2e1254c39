package dev.javisor.internal.net.vswitch;

import dev.javisor.config.LinkConditions;
import java.util.Random;

/**
 * One direction of a link: says when frames arrive at its end. The fate of a frame depends on the
 * seed, the conditions and how many frames came before it, and on nothing else.
 *
 * <p>Threading: one thread at a time.
 */
public final class Link {
  /** What {@link #send} returns for a frame that the queue has no room for. */
  public static final int NO_ROOM = -1;

  private static final double NANOS_PER_SECOND_AND_BYTE = 8e9;

  // Its algorithm is specified, so that all JDKs draw the same numbers.
  private final Random random;
  private final FrameBudget queue;
  private final long[] arrivals = new long[2];
  private LinkConditions conditions;
  private long latency;
  private long jitter;
  private long stayBehind;
  private long free;
  private long lastArrival;
  private boolean overtaken;

  /**
   * @param queueBytes the most that may be under way on it
   */
  public Link(long seed, String name, LinkConditions conditions, long queueBytes) {
    random = new Random(mix(seed + mix(name.hashCode())));
    queue = new FrameBudget(queueBytes);
    this.conditions = conditions;
    latency = conditions.latency().toNanos();
    jitter = conditions.jitter().toNanos();
    stayBehind = conditions.reorderingDelay().toNanos();
  }

  /** Neighbouring seeds give Random neighbouring first numbers. Source: MurmurHash3's finalizer. */
  private static long mix(long value) {
    long mixed = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }

  /**
   * Changes what becomes of frames that come from here on.
   *
   * @param now in nanoseconds
   * @return when the last of the frames that are under way has to arrive: what waits for an old,
   *     narrow bandwidth shall not hold up the frames to come
   */
  public long set(LinkConditions wanted, long now) {
    conditions = wanted;
    latency = wanted.latency().toNanos();
    jitter = wanted.jitter().toNanos();
    stayBehind = wanted.reorderingDelay().toNanos();
    long latest = now + latency;
    free = Math.min(free, now);
    lastArrival = Math.min(lastArrival, latest);
    return latest;
  }

  /** Whether a frame can skip it: it would do nothing, and none is under way. */
  public boolean isClear() {
    return queue.isEmpty() && conditions.isPerfect();
  }

  /**
   * Sends a frame; if it arrives, it is under way until {@link #arrived}.
   *
   * @param now in nanoseconds
   * @param sender from 0
   * @return how often it arrives, and {@link #arrival} when: 0 if it is lost, 2 if it is doubled;
   *     or {@link #NO_ROOM}
   */
  public int send(long now, int sender, int bytes) {
    // Drawn for each frame, so that changing one condition does not change what others do.
    double lost = random.nextDouble();
    double doubled = random.nextDouble();
    double late = random.nextDouble();
    double deviation = random.nextDouble();
    if (lost < conditions.loss()) {
      return 0;
    }
    if (!queue.take(sender, bytes)) {
      return NO_ROOM;
    }
    long sent = Math.max(now, free) + duration(bytes);
    free = sent;
    long arrival = sent + Math.max(0, latency + (long) (jitter * (2 * deviation - 1)));
    overtaken = late < conditions.reordering();
    if (overtaken) {
      arrival += stayBehind;
    } else {
      arrival = Math.max(arrival, lastArrival);
      lastArrival = arrival;
    }
    arrivals[0] = arrival;
    arrivals[1] = arrival;
    return doubled < conditions.duplication() && queue.take(sender, bytes) ? 2 : 1;
  }

  private long duration(int bytes) {
    long bandwidth = conditions.bandwidth();
    return bandwidth == 0 ? 0 : (long) (bytes * NANOS_PER_SECOND_AND_BYTE / bandwidth);
  }

  /** When the frame that was sent last arrives, in nanoseconds. */
  public long arrival(int copy) {
    return arrivals[copy];
  }

  /** Whether the frame that was sent last stays behind for others. */
  public boolean overtaken() {
    return overtaken;
  }

  /** A copy of a frame is not under way any more. */
  public void arrived(int sender, int bytes) {
    queue.give(sender, bytes);
  }

  /** Bytes of memory that the frames under way take. */
  public long bytesUnderWay() {
    return queue.used();
  }
}
