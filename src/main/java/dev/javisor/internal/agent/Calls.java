package dev.javisor.internal.agent;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.javisor.error.AgentException;
import dev.javisor.error.AgentException.Reason;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The calls of one machine's agent that are under way: each has a connection and a time, and all
 * end when the agent is lost.
 *
 * <p>Threading: any thread.
 */
final class Calls {
  private static final long IDLE_SECONDS = 2;

  private final AgentLink link;
  private final AgentPresence presence;
  private final AgentSettings settings;
  private final Semaphore free;
  private final Set<Call> underWay = ConcurrentHashMap.newKeySet();
  private final ScheduledThreadPoolExecutor alarms;

  Calls(AgentLink link, AgentPresence presence, AgentSettings settings, ThreadFactory threads) {
    this.link = link;
    this.presence = presence;
    this.settings = settings;
    free = new Semaphore(settings.calls(), true);
    // A call that comes when all has ended fails by itself.
    alarms = new ScheduledThreadPoolExecutor(1, threads, new ThreadPoolExecutor.DiscardPolicy());
    alarms.setRemoveOnCancelPolicy(true);
    alarms.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    alarms.allowCoreThreadTimeOut(true);
    presence.onLost(why -> underWay.forEach(call -> call.lost(why)));
  }

  /**
   * Waits for the agent, for its turn and for a connection.
   *
   * @param what is done, for messages
   * @param timeout for the whole of the call, not yet scaled
   */
  Call begin(String what, Duration timeout) throws InterruptedException {
    Duration scaled = settings.scaled(timeout);
    long deadline = System.nanoTime() + scaled.toNanos();
    long left = presence.await(scaled.toNanos());
    if (!free.tryAcquire(left, NANOSECONDS)) {
      throw new AgentException(
          Reason.BUSY,
          ("%s: %d calls into the guest were under way for all of its %d ms; run fewer at a time,"
                  + " or give them longer")
              .formatted(what, settings.calls(), scaled.toMillis()),
          null);
    }
    Call call = new Call(this, what, scaled);
    boolean open = false;
    try {
      call.open(link, deadline);
      open = true;
      return call;
    } finally {
      if (!open) {
        call.close();
      }
    }
  }

  /** How long an alarm is set for. */
  Duration scaled(Duration duration) {
    return settings.scaled(duration);
  }

  Runnable alarm(Runnable body, long nanos) {
    var task = alarms.schedule(body, nanos, NANOSECONDS);
    return () -> task.cancel(false);
  }

  void add(Call call) {
    underWay.add(call);
  }

  void remove(Call call) {
    underWay.remove(call);
    free.release();
  }

  /** There will be no more: the machine has ended. */
  void end() {
    alarms.shutdownNow();
  }
}
