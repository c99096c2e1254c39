package dev.javisor.internal.virtio;

import dev.javisor.internal.bus.DeviceCounters;
import dev.javisor.internal.bus.DeviceState;
import org.jspecify.annotations.Nullable;

/**
 * What a type of virtio device implements: virtio 1.3 §5. Registers, feature negotiation, queue set
 * up, notifications and interrupts are the transport's business.
 *
 * <p><b>Workers.</b> Each queue belongs to a worker, which is a thread, or a share of one. All that
 * concerns a queue is called by its worker: {@link #startQueue}, then {@link #service} again and
 * again, at last {@link #stopQueue}. So what belongs to the queues of one worker needs no lock. The
 * machine takes the worker's place while workers are paused: it may call {@link #stopQueue}, and it
 * calls {@link #quiesce}, {@link #resume}, {@link #save} and {@link #restore}.
 *
 * <p><b>Order of calls.</b> {@link #attach} once; {@link #activate} when the driver is ready
 * (DRIVER_OK), then {@link #startQueue} for each queue that it set up; a single queue may be
 * stopped, and started anew (RING_RESET); when driver or machine reset the device: {@link
 * #stopQueue} for each started queue, then {@link #reset}.
 *
 * <p><b>Errors.</b> {@link BrokenDriverException} may leave {@link #service} and {@link
 * #startQueue}: the device then needs a reset (virtio 1.3 §2.1.2), and its queues are not serviced
 * until it is reset. Any other exception there is a bug: logged, with the same effect. No other
 * method throws for what the guest does.
 *
 * @param <S> the device's state record, without rings and registers, which the transport saves
 */
public interface VirtioDevice<S extends DeviceState> extends AutoCloseable {
  /** A name for logs and states, unique in its machine, such as {@code rng0}. */
  String id();

  /** The virtio device id, such as 4 for an entropy source: virtio 1.3 §5. */
  int type();

  /**
   * Feature bits of this device's type that it offers. The transport adds {@link
   * VirtioFeatures#COMMON}. Constant.
   */
  long features();

  /**
   * Whether the device can work with this choice of features; if not, FEATURES_OK is refused.
   *
   * @param features a part of what was offered
   */
  default boolean accepts(long features) {
    return true;
  }

  /** The number of queues, 1 to 65535. Constant. */
  int queueCount();

  /** The largest size of a queue, a power of two up to {@link QueueConfig#MAX_SIZE}. Constant. */
  int maxQueueSize(int queue);

  /** The number of workers. Constant. */
  default int workerCount() {
    return queueCount();
  }

  /**
   * Which worker serves a queue, from 0; queues with the same one share thread and doorbell.
   * Constant.
   */
  default int worker(int queue) {
    return queue;
  }

  /**
   * The size of the device's configuration structure in bytes. Accesses beyond it do not reach the
   * device. Constant.
   */
  default int configSize() {
    return 0;
  }

  /**
   * Reads from the configuration structure, little-endian. On vCPU threads, one at a time and not
   * while {@link VirtioTransport#changeConfig} runs; must not block.
   *
   * @param offset with {@code size} within {@link #configSize()}
   * @param size 1, 2, 4 or 8 bytes
   */
  default long readConfig(int offset, int size) {
    return 0;
  }

  /** Writes to the configuration structure: as {@link #readConfig}. */
  default void writeConfig(int offset, int size, long value) {}

  /** Gives the device its transport; called once, before anything else happens. */
  void attach(VirtioTransport transport);

  /**
   * The driver is ready. Called before the queues are started, on a vCPU's thread under the
   * transport's lock; must not block.
   *
   * @param features what was negotiated, the transport's bits included
   */
  default void activate(long features) {}

  /**
   * A queue is there to be served. {@link #service} follows.
   *
   * @param queue the queue, until {@link #stopQueue}
   */
  void startQueue(VirtQueue queue);

  /**
   * Serves what the driver made available in the queues of a worker, and whatever else made
   * somebody call {@link VirtioTransport#wake}. It may find nothing to do. It is bounded in time: a
   * driver that refills its queue must not keep the worker here for ever.
   *
   * @param worker from 0
   */
  void service(int worker);

  /**
   * How long a worker may look for more to do before it sleeps, in nanoseconds; 0 if it had better
   * sleep at once. Constant. Workers that are shared never look.
   */
  default long pollNanos() {
    return 0;
  }

  /**
   * Whether {@link #service} would find something to do that did not come by a queue, such as a
   * request that the host is done with. Asked over and over by a worker that looks; it must be
   * quick.
   *
   * @param worker from 0
   */
  default boolean hasWork(int worker) {
    return false;
  }

  /**
   * Stops serving a queue: on return no request of it is under way, and none of its memory is
   * touched any more. Chains that are not pushed are forgotten. It may block until the host is done
   * with the requests.
   *
   * @param queue the index of a queue that was started
   */
  void stopQueue(int queue);

  /**
   * Returns to the state before {@link #activate}; all queues are stopped. Called under the
   * transport's lock; must not block.
   */
  void reset();

  /**
   * Comes to rest while the machine is paused: on return no request is under way, and all that were
   * taken are pushed and flushed, or given back by {@link VirtQueue#undoPop}. May block until the
   * host is done with the requests. The workers stand still.
   */
  default void quiesce() {}

  /** Goes on after {@link #quiesce}; {@link #service} is called for each worker afterwards. */
  default void resume() {}

  /** Returns the state as it is; the device is quiesced. */
  S save();

  /**
   * Takes over a state that {@link #save} returned, here or in another process. If the driver was
   * ready, {@link #activate} and {@link #startQueue} follow.
   *
   * @throws IllegalArgumentException if the state's version is unknown or a component is out of
   *     bounds: states may come from files
   */
  void restore(S state);

  /** What it counts, if it does; the same object always. */
  default @Nullable DeviceCounters counters() {
    return null;
  }

  /**
   * The machine ends: whatever blocks in {@link #service}, {@link #stopQueue} or {@link #quiesce}
   * returns soon, its requests cancelled or not. Any thread, at any time; {@link #close} follows.
   */
  default void cancel() {}

  /** As {@link dev.javisor.internal.pci.PciDevice#keepWrites}. */
  default void keepWrites() {}

  /**
   * Gives the host's resources back; the workers are gone, and nothing else is called any more.
   * Requests that are still under way are cancelled or awaited: nothing touches guest memory
   * afterwards. Bounded in time.
   */
  @Override
  default void close() {}
}
