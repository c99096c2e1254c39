package dev.javisor.internal.agent;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.javisor.error.AgentException;
import dev.javisor.error.AgentException.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the guest has an agent: it connects to the host by itself and says hello, and answers a
 * PING at a time for as long as it lives.
 *
 * <p>Threading: any thread.
 */
public final class AgentPresence {
  private static final String NONE =
      "no agent has said hello; build the machine with agent(), and see the guest's console: its"
          + " kernel needs vsock (vmw_vsock_virtio_transport), and a distribution image must reach"
          + " the point at which cloud-init or the agent's initramfs runs";

  private final AgentSettings settings;
  private final LongSupplier runningNanos;
  private final ThreadFactory threads;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Consumer<AgentException>> listeners = new ArrayList<>();
  private @Nullable AgentChannel current;
  private @Nullable AgentException refused;
  private @Nullable AgentException ended;
  private boolean present;

  /**
   * @param runningNanos for how long the machine has run: does not go on while it is paused
   * @param threads makes a thread for each hello connection
   */
  public AgentPresence(AgentSettings settings, LongSupplier runningNanos, ThreadFactory threads) {
    this.settings = settings;
    this.runningNanos = runningNanos;
    this.threads = threads;
  }

  /**
   * Serves a connection that the agent has made, until it ends; only connections whose guest port
   * is {@link Protocol#HELLO_PORT} are the agent's. Closes it.
   *
   * @throws IOException if it fails
   */
  public void serve(AgentChannel channel) throws IOException {
    String why = "it has closed its connection; it was killed, or the guest ended or rebooted";
    try (channel) {
      take(channel);
      HelloConnection hello = new HelloConnection(channel, settings, runningNanos);
      hello.begin();
      if (!arrived(channel)) {
        return;
      }
      Thread pinger = threads.newThread(hello::ping);
      pinger.start();
      try {
        hello.answers();
      } finally {
        pinger.interrupt();
      }
      why = hello.reason().orElse(why);
    } catch (AgentException e) {
      refuse(channel, e);
    } catch (IOException e) {
      why = "its connection failed: " + e.getMessage();
      throw e;
    } finally {
      gone(channel, why);
    }
  }

  /** Ends all calls under way; the agent may come again, as after a guest's reboot. */
  public void lost(String why) {
    List<Consumer<AgentException>> told;
    AgentChannel channel;
    lock.lock();
    try {
      channel = current;
      current = null;
      present = false;
      refused = null;
      told = List.copyOf(listeners);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    tell(told, new AgentException(Reason.LOST, "the agent was lost: " + why, null));
    Channels.closeQuietly(channel);
  }

  /** Ends all calls under way and all to come: the machine has ended. */
  public void end(String why) {
    lock.lock();
    try {
      if (ended == null) {
        ended = new AgentException(Reason.LOST, "the agent was lost: " + why, null);
      }
    } finally {
      lock.unlock();
    }
    lost(why);
  }

  /** Whether the agent is there. */
  public boolean present() {
    lock.lock();
    try {
      return present;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the agent.
   *
   * @param nanos for how long
   * @return what is left of them
   * @throws AgentException if there is none then, or it cannot come
   */
  long await(long nanos) throws InterruptedException {
    long left = nanos;
    lock.lockInterruptibly();
    try {
      while (!present) {
        if (ended != null) {
          throw again(ended);
        }
        if (refused != null) {
          throw again(refused);
        }
        if (left <= 0) {
          throw new AgentException(
              Reason.NOT_PRESENT,
              "the guest's agent was not there after %d ms: %s"
                  .formatted(NANOSECONDS.toMillis(nanos), NONE),
              null);
        }
        left = changed.awaitNanos(left);
      }
      return left;
    } finally {
      lock.unlock();
    }
  }

  /** Has someone told when the agent is lost. */
  void onLost(Consumer<AgentException> listener) {
    lock.lock();
    try {
      listeners.add(listener);
    } finally {
      lock.unlock();
    }
  }

  private void take(AgentChannel channel) throws IOException {
    AgentChannel before;
    lock.lock();
    try {
      if (ended != null) {
        throw new IOException("the machine has ended");
      }
      before = current;
      current = channel;
      refused = null;
    } finally {
      lock.unlock();
    }
    // There is one agent: who comes again has lost the connection before.
    Channels.closeQuietly(before);
  }

  private boolean arrived(AgentChannel channel) {
    lock.lock();
    try {
      present = current == channel;
      changed.signalAll();
      return present;
    } finally {
      lock.unlock();
    }
  }

  private void refuse(AgentChannel channel, AgentException why) {
    lock.lock();
    try {
      if (current == channel && why.reason() == Reason.VERSION) {
        refused = why;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void gone(AgentChannel channel, String why) {
    List<Consumer<AgentException>> told = List.of();
    lock.lock();
    try {
      if (current == channel) {
        current = null;
        told = present ? List.copyOf(listeners) : told;
        present = false;
      }
    } finally {
      lock.unlock();
    }
    tell(told, new AgentException(Reason.LOST, "the agent was lost: " + why, null));
  }

  private static void tell(List<Consumer<AgentException>> listeners, AgentException what) {
    listeners.forEach(listener -> listener.accept(what));
  }

  /** With the stack of who waits. */
  private static AgentException again(AgentException first) {
    return new AgentException(first.reason(), String.valueOf(first.getMessage()), first);
  }
}
