package dev.javisor.internal.net.user;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for sockets of this host, for what others want done in the network, and for the next point
 * in time at which something is due. Threading: one thread, but for {@link #execute} and {@link
 * #wake}.
 */
final class Loop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Loop.class);
  private static final int MOST_TASKS = 1024;

  /** Hears of a socket that can be used. */
  @FunctionalInterface
  interface Ready {
    /** Its operations are ready, as the key says. */
    void ready(SelectionKey key) throws IOException;
  }

  private final Selector selector;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean sleeping = new AtomicBoolean();
  private volatile boolean closed;

  Loop() throws IOException {
    selector = Selector.open();
  }

  /** Lets a handler hear of a channel, which must not block. */
  SelectionKey register(SelectableChannel channel, int operations, Ready handler)
      throws IOException {
    return channel.register(selector, operations, handler);
  }

  /** Runs something in the network, soon. Any thread. Nothing happens once it is closed. */
  void execute(Runnable task) {
    if (!closed) {
      tasks.add(task);
      wake();
    }
  }

  /** Ends a wait. Any thread. */
  void wake() {
    if (sleeping.compareAndSet(true, false)) {
      selector.wakeup();
    }
  }

  /** Runs what others want done; returns whether that was all. */
  boolean runTasks() {
    for (int i = 0; i < MOST_TASKS; i++) {
      Runnable task = tasks.poll();
      if (task == null) {
        return true;
      }
      try {
        task.run();
      } catch (RuntimeException e) {
        log.error("a task of a guest's network failed", e);
      }
    }
    return false;
  }

  /**
   * Waits for sockets, and serves them.
   *
   * @param nanos how long at most; 0 to look only
   * @param idle looked at before a wait begins: whether there is nothing else to do
   */
  void await(long nanos, BooleanSupplier idle) throws IOException {
    if (nanos <= 0) {
      selector.selectNow();
    } else {
      sleeping.set(true);
      // Whatever came before is seen here, and whatever comes now wakes the selector.
      if (tasks.isEmpty() && idle.getAsBoolean()) {
        selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
      } else {
        selector.selectNow();
      }
      sleeping.set(false);
    }
    for (SelectionKey key : selector.selectedKeys()) {
      serve(key);
    }
    selector.selectedKeys().clear();
  }

  private static void serve(SelectionKey key) {
    try {
      if (key.isValid()) {
        ((Ready) key.attachment()).ready(key);
      }
    } catch (IOException | RuntimeException e) {
      // Handlers take care of what they expect; their channel is of no use any more.
      log.warn("a socket of a guest's network failed", e);
      close(key.channel());
    }
  }

  static void close(java.nio.channels.Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("closing {}", channel, e);
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** Asks the thread to end. Any thread. */
  void stop() {
    closed = true;
    selector.wakeup();
  }

  /** Closes all channels. In the network, or after its thread has ended. */
  @Override
  public void close() {
    closed = true;
    if (!selector.isOpen()) {
      return;
    }
    List<SelectionKey> keys = new ArrayList<>(selector.keys());
    keys.forEach(key -> close(key.channel()));
    try {
      selector.close();
    } catch (IOException e) {
      log.debug("closing a selector", e);
    }
    tasks.clear();
  }
}
