package dev.javisor;

import dev.javisor.internal.console.ConsoleLog;
import dev.javisor.internal.console.ConsumerPump;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the event loop does beside events: hands console output on, and looks whether a guest whose
 * console shows a panic has halted.
 */
final class ConsoleHub implements EventLoop.Background {
  private static final long HALT_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final ConsoleLog log;
  private final List<ConsumerPump> pumps;
  private final HaltWatch haltWatch;
  private long lastCheck = System.nanoTime();

  ConsoleHub(ConsoleLog log, List<ConsumerPump> pumps, HaltWatch haltWatch) {
    this.log = log;
    this.pumps = pumps;
    this.haltWatch = haltWatch;
  }

  @Override
  public boolean work() {
    if (haltWatch.isNeeded() && System.nanoTime() - lastCheck >= HALT_CHECK_NANOS) {
      haltWatch.check();
      lastCheck = System.nanoTime();
    }
    boolean any = false;
    for (ConsumerPump pump : pumps) {
      any |= pump.pump();
    }
    return any;
  }

  @Override
  public long prepareToSleep() {
    if (!pumps.isEmpty()) {
      log.arm();
      if (pumps.stream().anyMatch(ConsumerPump::isBehind)) {
        return 0;
      }
    }
    return haltWatch.isNeeded() ? HALT_CHECK_NANOS : Long.MAX_VALUE;
  }

  /** Hands on the rest: the guest has ended. */
  void finish() {
    pumps.forEach(ConsumerPump::finish);
  }

  /** Looks whether a guest that shows a panic has halted. */
  interface HaltWatch {
    /** Whether it shows one and still runs. */
    boolean isNeeded();

    /** Looks, and ends the machine if so. */
    void check();
  }
}
