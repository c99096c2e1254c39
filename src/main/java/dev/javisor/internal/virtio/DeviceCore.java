package dev.javisor.internal.virtio;

import dev.javisor.internal.bus.DeviceListener;
import dev.javisor.internal.bus.DeviceState;
import dev.javisor.internal.bus.QueueWorkers;
import dev.javisor.internal.memory.GuestMemory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a virtio device, whatever it is reached by: negotiation, start and stop of queues,
 * resets, and what becomes of a driver that breaks the rules. Source: virtio 1.3 §2.1, §2.6.1, §3.
 *
 * <p>Queues start and stop on their workers, so a reset takes its time: device_status keeps its
 * value until then, and what is written to it meanwhile vanishes. As some firmware does not look,
 * the write that resets waits for a short while.
 *
 * <p>Threading: registers from any vCPU thread, one at a time by the lock.
 *
 * @param <S> the device's state record
 */
final class DeviceCore<S extends DeviceState>
    implements VirtioTransport, CommonConfig.Control, DeviceRunner.Listener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceCore.class);

  /** How long a write that resets waits for the workers, by default. */
  static final long RESET_WAIT_NANOS = 20_000_000;

  private final VirtioDevice<S> device;
  private final GuestMemory memory;
  private final Object lock = new Object();
  private final List<QueueRegisters> queues = new ArrayList<>();
  private final VirtioInterrupts interrupts;
  private final CommonConfig config;
  private final DeviceRunner runner;
  private final long resetWaitNanos;

  /**
   * Held while the machine takes the workers' place, so that it does so on one thread at a time.
   */
  private final Object life = new Object();

  private boolean closed;
  private @Nullable DeviceListener listener;
  private boolean resetting;
  private boolean complained;

  DeviceCore(
      VirtioDevice<S> device,
      GuestMemory memory,
      QueueWorkers workers,
      VirtioInterrupts interrupts,
      long resetWaitNanos) {
    this.resetWaitNanos = resetWaitNanos;
    this.device = device;
    this.memory = memory;
    this.interrupts = interrupts;
    for (int i = 0; i < device.queueCount(); i++) {
      queues.add(new QueueRegisters(device.maxQueueSize(i), device.worker(i)));
    }
    config = new CommonConfig(device, queues, interrupts, this);
    runner = new DeviceRunner(device, lock, workers, this);
    device.attach(this);
  }

  /** Tells somebody what the driver does. */
  void listen(DeviceListener to) {
    synchronized (lock) {
      listener = to;
    }
  }

  /** The number of doorbells. */
  int doorbells() {
    return runner.workerCount();
  }

  /** A doorbell, from 0. */
  QueueDoorbell doorbell(int number) {
    return runner.doorbell(number);
  }

  long readCommon(int offset, int size) {
    synchronized (lock) {
      return config.read(offset, size);
    }
  }

  void writeCommon(int offset, int size, long value) {
    synchronized (lock) {
      if (!resetting) {
        config.write(offset, size, value);
      }
    }
  }

  /** Reads the device's own configuration; what lies beyond it is 0. */
  long readDevice(int offset, int size) {
    synchronized (lock) {
      config.configRead();
      if (offset + size <= device.configSize()) {
        return device.readConfig(offset, size);
      }
      long value = 0;
      for (int i = 0; offset + i < device.configSize(); i++) {
        value |= (device.readConfig(offset + i, 1) & 0xff) << 8 * i;
      }
      return value;
    }
  }

  void writeDevice(int offset, int size, long value) {
    synchronized (lock) {
      if (!resetting && offset + size <= device.configSize()) {
        device.writeConfig(offset, size, value);
      }
    }
  }

  @Override
  public void wake(int worker) {
    runner.worker(worker).wake();
  }

  @Override
  public int wakeDescriptor(int worker) {
    return runner.worker(worker).descriptor();
  }

  @Override
  public void watch(int worker, int descriptor, String name) {
    runner.worker(worker).watch(descriptor, name);
  }

  @Override
  public void unwatch(int worker, int descriptor) {
    runner.worker(worker).unwatch(descriptor);
  }

  @Override
  public void changeConfig(Runnable change) {
    synchronized (lock) {
      change.run();
      config.configChanged();
      if (config.has(DeviceStatus.DRIVER_OK) && !resetting) {
        interrupts.config();
      }
    }
  }

  @Override
  public void needsReset(String why) {
    broken(why);
  }

  @Override
  public void reset() {
    resetting = true;
    for (int i = 0; i < queues.size(); i++) {
      runner.want(i, null);
    }
    long deadline = System.nanoTime() + resetWaitNanos;
    finishReset();
    while (resetting) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return;
      }
      try {
        lock.wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void finishReset() {
    if (resetting && !runner.busy()) {
      boolean wasActive = config.has(DeviceStatus.DRIVER_OK);
      device.reset();
      config.reset();
      runner.hold(false);
      resetting = false;
      lock.notifyAll();
      if (wasActive && listener != null) {
        listener.reset(device.id());
      }
    }
  }

  @Override
  public void driverReady() {
    device.activate(config.features());
    for (int i = 0; i < queues.size(); i++) {
      if (queues.get(i).enabled) {
        start(i);
      }
    }
    if (listener != null) {
      listener.activated(device.id());
    }
  }

  @Override
  public void enableQueue(int index) {
    if (config.has(DeviceStatus.DRIVER_OK)) {
      start(index);
    }
  }

  private void start(int index) {
    try {
      QueueConfig rings = queues.get(index).config();
      runner.want(index, queue(index, config.features(), rings, QueuePosition.START));
    } catch (BrokenDriverException e) {
      broken(String.valueOf(e.getMessage()));
    }
  }

  private VirtQueue queue(int index, long features, QueueConfig rings, QueuePosition position) {
    QueueRegisters registers = queues.get(index);
    if (rings.size() > registers.maxSize) {
      throw new BrokenDriverException(
          "queue %d of %d, at most %d".formatted(index, rings.size(), registers.maxSize));
    }
    return new VirtQueue(
        memory, index, rings, features, position, () -> interrupts.queue(registers.vector));
  }

  @Override
  public void resetQueue(int index) {
    runner.want(index, null);
    if (!runner.busy(index)) {
      stopped(index);
    }
  }

  @Override
  public void stopped(int queue) {
    if (resetting) {
      finishReset();
    } else if (queues.get(queue).resetting) {
      queues.get(queue).reset();
    }
  }

  @Override
  public void broken(String why) {
    synchronized (lock) {
      runner.hold(true);
      if (resetting || config.has(DeviceStatus.NEEDS_RESET)) {
        return;
      }
      if (!complained) {
        complained = true;
        LOG.warn("{}: needs a reset: {}", device.id(), why);
      }
      config.needsReset();
      if (config.has(DeviceStatus.DRIVER_OK)) {
        interrupts.config();
      }
    }
  }

  /** The machine starts over; the device is quiesced. */
  void powerOn() {
    synchronized (life) {
      if (closed) {
        return;
      }
      stopAll();
      synchronized (lock) {
        complained = false;
      }
    }
  }

  /**
   * Stops all queues in the workers' place, as they are paused, and resets device and registers.
   */
  private void stopAll() {
    synchronized (lock) {
      resetting = true;
      for (int i = 0; i < queues.size(); i++) {
        runner.want(i, null);
      }
    }
    runner.settle();
    synchronized (lock) {
      finishReset();
    }
  }

  void quiesce() {
    synchronized (life) {
      if (!closed) {
        runner.pause();
        runner.settle();
        device.quiesce();
      }
    }
  }

  void resume() {
    synchronized (life) {
      if (!closed) {
        device.resume();
        runner.resume();
      }
    }
  }

  CommonState save() {
    synchronized (lock) {
      List<QueueState> states = new ArrayList<>();
      for (int i = 0; i < queues.size(); i++) {
        states.add(queues.get(i).save(runner.position(i)));
      }
      return config.save(states);
    }
  }

  /**
   * Takes a state over; the device is quiesced.
   *
   * @throws IllegalArgumentException if it is refused; the device may be reset then
   */
  void restore(CommonState state, S deviceState) {
    config.check(state);
    List<@Nullable VirtQueue> restored = restored(state);
    stopAll();
    device.restore(deviceState);
    synchronized (lock) {
      config.restore(state);
      runner.hold(config.has(DeviceStatus.NEEDS_RESET));
      if (config.has(DeviceStatus.DRIVER_OK)) {
        device.activate(config.features());
        for (int i = 0; i < restored.size(); i++) {
          runner.want(i, restored.get(i));
        }
      }
    }
    runner.settle();
  }

  private List<@Nullable VirtQueue> restored(CommonState state) {
    List<@Nullable VirtQueue> restored = new ArrayList<>();
    boolean broken = (state.status() & DeviceStatus.NEEDS_RESET) != 0;
    for (int i = 0; i < queues.size(); i++) {
      QueueState queue = state.queues().get(i);
      try {
        restored.add(
            queue.enabled() && !broken
                ? queue(i, state.driverFeatures(), queue.config(), queue.position())
                : null);
      } catch (BrokenDriverException e) {
        throw new IllegalArgumentException(device.id() + ": " + e.getMessage(), e);
      }
    }
    return restored;
  }

  @Override
  public void close() {
    // What another thread waits for, in a pause say, is not worth waiting for any more.
    device.cancel();
    synchronized (life) {
      if (!closed) {
        closed = true;
        runner.close();
        device.close();
      }
    }
  }
}
