package dev.javisor.junit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The vCPUs and the RAM that the machines of a test run may have at once. Who wants more than is
 * left waits, in the order of asking.
 *
 * <p>No deadlock: a class may hold machines while its tests wait for more, so that classes can wait
 * for one another. When nobody who holds something could give it back before somebody in the queue
 * gets his, the first one in the queue gets it although it is too much. Who holds something gives
 * it back on the thread that took it, which may have begun something else in between: JUnit's pool
 * does that while it waits for the tests of a class.
 *
 * <p>Threading: any thread.
 */
final class Budget {
  private static final Logger LOG = LoggerFactory.getLogger(Budget.class);

  private final Need whole;
  private final Duration patience;
  private final Deque<Ticket> queue = new ArrayDeque<>();
  private final List<Ticket> blocked = new ArrayList<>();
  private final List<Grant> grants = new ArrayList<>();
  private Need left;
  private int busy;

  /**
   * @param whole what there is
   * @param patience how long it must look like a deadlock
   */
  Budget(Need whole, Duration patience) {
    this.whole = whole;
    this.patience = patience;
    left = whole;
  }

  /**
   * Somebody who waits.
   *
   * @param context the unique id of what wants something
   */
  record Ticket(String context, Thread thread) {
    /** For the current thread. */
    static Ticket of(String context) {
      return new Ticket(context, Thread.currentThread());
    }
  }

  /** A part of the budget, until it is closed. */
  @SuppressWarnings("deprecation") // Before 5.13, stores close nothing else.
  final class Grant implements AutoCloseable, ExtensionContext.Store.CloseableResource {
    private final Ticket owner;
    private final Need need;
    private boolean returned;

    private Grant(Ticket owner, Need need) {
      this.owner = owner;
      this.need = need;
    }

    @Override
    public void close() {
      giveBack(this);
    }

    /** Whether it stays taken until this one goes on. */
    private boolean isHeldFor(Ticket waiting) {
      return waiting.thread() == owner.thread()
          || waiting.context().equals(owner.context())
          || waiting.context().startsWith(owner.context() + "/");
    }
  }

  /**
   * Takes something, as soon as there is enough.
   *
   * @param context the unique id of what wants it; those of what is inside begin with it
   * @throws ExtensionConfigurationException if it is more than there ever is
   */
  synchronized Grant acquire(String context, Need need) throws InterruptedException {
    checkFits(need);
    Ticket ticket = Ticket.of(context);
    queue.addLast(ticket);
    try {
      long stuckSince = 0;
      while (queue.peekFirst() != ticket || !need.fitsInto(left)) {
        long now = System.nanoTime();
        if (queue.peekFirst() != ticket || !isStuck()) {
          stuckSince = 0;
        } else if (stuckSince == 0) {
          stuckSince = now;
        } else if (now - stuckSince >= patience.toNanos()) {
          LOG.warn("tests wait for one another's machines: exceeding their budget of {}", whole);
          break;
        }
        wait(Math.max(1, patience.toMillis() / 2));
      }
      Grant grant = new Grant(ticket, need);
      grants.add(grant);
      left = left.minus(need);
      return grant;
    } finally {
      queue.removeIf(waiting -> waiting == ticket);
      notifyAll();
    }
  }

  /**
   * Throws ExtensionConfigurationException if it is more than there ever is.
   *
   * @param need what somebody wants in all
   */
  void checkFits(Need need) {
    if (!need.fitsInto(whole)) {
      throw new ExtensionConfigurationException(
          "the test's machines want %s, but all tests together have %s; make them smaller, or raise"
                  .formatted(need, whole)
              + " javisor.budget.cpus and javisor.budget.memory (JUnit configuration parameters)");
    }
  }

  /** Says that this one waits for a machine that somebody else brings up. */
  synchronized Ticket block(String context) {
    Ticket ticket = Ticket.of(context);
    blocked.add(ticket);
    return ticket;
  }

  /** Takes back what {@link #block} said. */
  synchronized void unblock(Ticket ticket) {
    blocked.removeIf(waiting -> waiting == ticket);
  }

  /** Says that somebody brings up a machine that others may wait for. */
  synchronized void begin() {
    busy++;
  }

  /** Takes back what {@link #begin} said. */
  synchronized void end() {
    busy--;
  }

  /** What nobody has. */
  synchronized Need left() {
    return left;
  }

  /** How many wait. */
  synchronized int waiting() {
    return queue.size();
  }

  private synchronized void giveBack(Grant grant) {
    if (!grant.returned) {
      grant.returned = true;
      grants.remove(grant);
      left = left.plus(grant.need);
      notifyAll();
    }
  }

  private boolean isStuck() {
    return busy == 0
        && grants.stream()
            .allMatch(
                grant ->
                    queue.stream().anyMatch(grant::isHeldFor)
                        || blocked.stream().anyMatch(grant::isHeldFor));
  }
}
