package dev.javisor.internal.net.tcp;

/** {@link TcpTimers} in nanoseconds. */
record Nanos(
    long firstTimeout,
    long minTimeout,
    long maxTimeout,
    long delayedAck,
    long giveUp,
    long keepAliveIdle,
    long keepAliveInterval,
    int keepAliveProbes,
    long timeWait,
    long orphan,
    long decision) {
  static Nanos of(TcpTimers timers) {
    return new Nanos(
        timers.firstTimeout().toNanos(),
        timers.minTimeout().toNanos(),
        timers.maxTimeout().toNanos(),
        timers.delayedAck().toNanos(),
        timers.giveUp().toNanos(),
        timers.keepAliveIdle().toNanos(),
        timers.keepAliveInterval().toNanos(),
        timers.keepAliveProbes(),
        timers.timeWait().toNanos(),
        timers.orphan().toNanos(),
        timers.decision().toNanos());
  }
}
