package dev.javisor.net;

import java.util.concurrent.atomic.LongAdder;

/** Counts for a port. Threading: any thread. */
final class PortTally {
  final LongAdder sentFrames = new LongAdder();
  final LongAdder sentBytes = new LongAdder();
  final LongAdder receivedFrames = new LongAdder();
  final LongAdder receivedBytes = new LongAdder();
  final LongAdder lost = new LongAdder();
  final LongAdder duplicated = new LongAdder();
  final LongAdder overtaken = new LongAdder();
  final LongAdder partitioned = new LongAdder();
  final LongAdder overflowed = new LongAdder();
  final LongAdder refused = new LongAdder();

  PortCounters read() {
    return new PortCounters(
        sentFrames.sum(),
        sentBytes.sum(),
        receivedFrames.sum(),
        receivedBytes.sum(),
        lost.sum(),
        duplicated.sum(),
        overtaken.sum(),
        partitioned.sum(),
        overflowed.sum(),
        refused.sum());
  }
}
