package dev.javisor.internal.virtio;

import dev.javisor.internal.bus.InterruptLine;
import dev.javisor.internal.memory.GuestMemory;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The device's side of a split virtqueue: virtio 1.3 §2.7.
 *
 * <p>A device takes chains with {@link #pop}, gives each back with {@link #push} in any order, and
 * shows what it pushed to the driver with {@link #flush}. The usual round of a queue's task:
 *
 * <pre>
 * do {
 *   queue.disableNotifications();
 *   while (budget-- &gt; 0 &amp;&amp; (chain = queue.pop()) != null) {
 *     queue.push(chain, serve(chain));
 *   }
 *   queue.flush();
 * } while (budget &gt; 0 &amp;&amp; queue.enableNotifications());
 * </pre>
 *
 * <p>with a bound on the chains of a round (a driver can refill the ring as fast as it is emptied);
 * a task that reaches it wakes its worker and returns.
 *
 * <p>Nothing is allocated for a request: there is one {@link DescriptorChain} for each head, made
 * when first needed.
 *
 * <p>Threading: one thread at a time takes ({@link #pop}, {@link #undoPop}, notifications), one
 * thread at a time gives back ({@link #push}, {@link #flush}); the two may be different threads at
 * once. Everything else: while neither is at work.
 *
 * <p>Errors: {@link BrokenDriverException} from {@link #pop} and the notification methods. {@link
 * #push} and {@link #flush} throw nothing, whatever the driver does.
 *
 * <p>Not modelled: packed virtqueues, VIRTIO_F_IN_ORDER, VIRTIO_F_ACCESS_PLATFORM.
 */
public final class VirtQueue {
  private static final int NO_NOTIFY = 1;
  private static final int NO_INTERRUPT = 1;
  private static final int INDEX_MASK = 0xffff;
  private static final int INDEX_OFFSET = 2;
  private static final int RING_OFFSET = 4;

  private final GuestMemory memory;
  private final int index;
  private final QueueConfig config;
  private final boolean eventIndex;
  private final boolean indirect;
  private final InterruptLine interrupt;
  private final @Nullable DescriptorChain[] chains;
  private final int ringMask;
  private final long driverArea;
  private final long deviceArea;
  private final long usedEvent;
  private final long availableEvent;

  private int nextAvailable;
  private int seenAvailable;
  private int popped;
  private boolean deferring;
  private boolean deferred;

  private int nextUsed;
  private int flushedUsed;
  private boolean flushedOnce;
  private int pushed;

  /**
   * @param index the queue's number in its device
   * @param features what was negotiated
   * @param interrupt the queue's interrupt, triggered by {@link #flush}
   * @throws BrokenDriverException if the rings are misaligned, of no valid size, or not in RAM
   */
  public VirtQueue(
      GuestMemory memory,
      int index,
      QueueConfig config,
      long features,
      QueuePosition position,
      InterruptLine interrupt) {
    check(memory, index, config);
    this.memory = memory;
    this.index = index;
    this.config = config;
    this.interrupt = interrupt;
    eventIndex = VirtioFeatures.has(features, VirtioFeatures.EVENT_IDX);
    indirect = VirtioFeatures.has(features, VirtioFeatures.INDIRECT_DESC);
    chains = new DescriptorChain[config.size()];
    ringMask = config.size() - 1;
    driverArea = config.driverArea();
    deviceArea = config.deviceArea();
    usedEvent = driverArea + config.driverBytes() - Short.BYTES;
    availableEvent = deviceArea + config.deviceBytes() - Short.BYTES;
    nextAvailable = position.nextAvailable();
    seenAvailable = nextAvailable;
    nextUsed = position.nextUsed();
    flushedUsed = nextUsed;
  }

  private static void check(GuestMemory memory, int index, QueueConfig config) {
    if (!QueueConfig.validSize(config.size())) {
      throw new BrokenDriverException("queue %d: size %d".formatted(index, config.size()));
    }
    area(memory, index, "descriptor table", config.descriptorArea(), config.descriptorBytes(), 16);
    area(memory, index, "available ring", config.driverArea(), config.driverBytes(), 2);
    area(memory, index, "used ring", config.deviceArea(), config.deviceBytes(), 4);
  }

  private static void area(
      GuestMemory memory, int index, String name, long gpa, long bytes, int alignment) {
    if ((gpa & (alignment - 1)) != 0 || !memory.contains(gpa, bytes)) {
      throw new BrokenDriverException(
          "queue %d: %s at 0x%x is not RAM aligned to %d".formatted(index, name, gpa, alignment));
    }
  }

  /** The queue's number in its device. */
  public int index() {
    return index;
  }

  /** The number of descriptors, and of requests that can be under way. */
  public int size() {
    return config.size();
  }

  /** The guest's RAM. */
  public GuestMemory memory() {
    return memory;
  }

  /**
   * Takes the next chain that the driver made available. It is the device's until it is pushed; its
   * parts are checked and copied, so that the driver cannot change them any more.
   *
   * @return null if there is none
   * @throws BrokenDriverException if the ring or the chain makes no sense
   */
  public @Nullable DescriptorChain pop() {
    if (nextAvailable == seenAvailable && !look()) {
      return null;
    }
    long slot = driverArea + RING_OFFSET + 2L * (nextAvailable & ringMask);
    int head = memory.readShort(slot) & INDEX_MASK;
    if (head > ringMask) {
      throw new BrokenDriverException("queue %d: head %d of %d".formatted(index, head, size()));
    }
    DescriptorChain chain = chains[head];
    if (chain == null) {
      chain = new DescriptorChain(memory, config.descriptorArea(), size(), head, indirect);
      chains[head] = chain;
    } else if (chain.taken()) {
      throw new BrokenDriverException(
          "queue %d: head %d made available twice".formatted(index, head));
    }
    chain.load();
    nextAvailable = (nextAvailable + 1) & INDEX_MASK;
    popped++;
    return chain;
  }

  /**
   * Gives a chain back as if it had not been taken; the next {@link #pop} returns it again.
   *
   * @param chain the last one that was popped, not pushed
   */
  public void undoPop(DescriptorChain chain) {
    chain.release();
    nextAvailable = (nextAvailable - 1) & INDEX_MASK;
    popped--;
  }

  /**
   * Whether {@link #pop} would find a chain.
   *
   * @throws BrokenDriverException if the driver's index jumped
   */
  public boolean hasAvailable() {
    return nextAvailable != seenAvailable || look();
  }

  private boolean look() {
    // Acquire: entries and descriptors are read after the index that announces them (§2.7.13.1).
    int available = memory.readShortAcquire(driverArea + INDEX_OFFSET) & INDEX_MASK;
    int pending = (available - nextAvailable) & INDEX_MASK;
    if (pending > size()) {
      throw new BrokenDriverException(
          "queue %d: available index went from %d to %d, the queue has %d"
              .formatted(index, nextAvailable, available, size()));
    }
    seenAvailable = available;
    return pending != 0;
  }

  /**
   * Asks the driver for notifications from now on: virtio 1.3 §2.7.10.
   *
   * @return whether chains became available meanwhile, for which no notification may come; the
   *     caller then looks at the queue again
   * @throws BrokenDriverException as {@link #hasAvailable}
   */
  public boolean enableNotifications() {
    if (deferring) {
      deferred = true;
      return hasAvailable();
    }
    return askForNotifications();
  }

  private boolean askForNotifications() {
    if (eventIndex) {
      memory.writeShort(availableEvent, (short) nextAvailable);
    } else {
      memory.writeShort(deviceArea, (short) 0);
    }
    // The driver writes its index, then looks at what was written here; so this side must not look
    // at the index before its own write is visible, or both would wait for the other.
    VarHandle.fullFence();
    return hasAvailable();
  }

  /** Tells the driver that nobody needs its notifications; some may still come. */
  public void disableNotifications() {
    deferred = false;
    // With event indices there is nothing to write: the driver notifies once it passes the position
    // that was asked for, and that one lies behind.
    if (!eventIndex) {
      memory.writeShort(deviceArea, (short) NO_NOTIFY);
    }
  }

  /**
   * From now on {@link #enableNotifications} does not ask the driver: it is left to {@link
   * #listen}, since somebody looks at the queue for a while.
   */
  void deferNotifications() {
    deferring = true;
  }

  /**
   * Whether there is a chain of which the device would have been notified, had that not been put
   * off.
   *
   * @throws BrokenDriverException as {@link #hasAvailable}
   */
  boolean hasAwaited() {
    return deferred && hasAvailable();
  }

  /**
   * Asks the driver for notifications, if the device did and that was put off.
   *
   * @return as {@link #enableNotifications}
   * @throws BrokenDriverException as {@link #hasAvailable}
   */
  boolean listen() {
    if (!deferred) {
      return false;
    }
    deferred = false;
    return askForNotifications();
  }

  /**
   * Gives a chain back. The driver sees it after the next {@link #flush}.
   *
   * @param chain one that was popped from this queue and not pushed since; it must not be used any
   *     more
   * @param written bytes written to its device-writable part, from its beginning
   */
  public void push(DescriptorChain chain, long written) {
    long slot = deviceArea + RING_OFFSET + 8L * (nextUsed & ringMask);
    memory.writeLong(slot, chain.head() | written << 32);
    chain.release();
    nextUsed = (nextUsed + 1) & INDEX_MASK;
    pushed++;
  }

  /**
   * Shows the driver what was pushed since the last flush, and interrupts it if it wants that.
   *
   * @return whether an interrupt was triggered
   */
  public boolean flush() {
    if (!publish()) {
      return false;
    }
    interrupt.trigger();
    return true;
  }

  /** Publishes the used index; returns whether the driver wants an interrupt: §2.7.7.2. */
  private boolean publish() {
    int before = flushedUsed;
    int now = nextUsed;
    if (now == before) {
      return false;
    }
    boolean first = !flushedOnce;
    flushedUsed = now;
    flushedOnce = true;
    memory.writeShortRelease(deviceArea + INDEX_OFFSET, (short) now);
    // As in enableNotifications, with the parts exchanged.
    VarHandle.fullFence();
    if (!eventIndex) {
      return (memory.readShort(driverArea) & NO_INTERRUPT) == 0;
    }
    int event = memory.readShort(usedEvent) & INDEX_MASK;
    return first || ((now - event - 1) & INDEX_MASK) < ((now - before) & INDEX_MASK);
  }

  /** Chains that were popped and not pushed yet. Exact only while nobody does either. */
  public int underWay() {
    return popped - pushed;
  }

  /** Where the device is; all chains are pushed, and flushed. */
  public QueuePosition position() {
    return new QueuePosition(nextAvailable, nextUsed);
  }

  @Override
  public String toString() {
    return "VirtQueue[%d, %s, %d under way]".formatted(index, config, underWay());
  }
}
