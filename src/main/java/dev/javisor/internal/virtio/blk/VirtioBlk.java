package dev.javisor.internal.virtio.blk;

import dev.javisor.internal.block.Disk;
import dev.javisor.internal.block.DiskWaker;
import dev.javisor.internal.bus.DeviceCounters;
import dev.javisor.internal.bus.Scheduler;
import dev.javisor.internal.virtio.Throttle;
import dev.javisor.internal.virtio.VirtQueue;
import dev.javisor.internal.virtio.VirtioDevice;
import dev.javisor.internal.virtio.VirtioFeatures;
import dev.javisor.internal.virtio.VirtioTransport;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A disk: virtio 1.3 §5.2. Each queue has a worker of its own, and its own way to the disk.
 *
 * <p>A request that makes no sense ends with an error status and leaves the disk alone; one without
 * room for header or status breaks the device until the driver resets it.
 *
 * <p>Threading: as {@link VirtioDevice} has it.
 *
 * <p>Not modelled: the legacy interface, SCSI commands, geometry, lifetime, secure erase, zoned
 * disks, more than one range in a DISCARD or WRITE_ZEROES; the size never changes.
 */
final class VirtioBlk implements VirtioDisk {
  private static final int TYPE = 2;

  private final BlkConfig config;
  private final Disk disk;
  private final LongSupplier nanoTime;
  private final Scheduler timer;
  private final BlkRequests requests;
  private final BlkCounters counters;
  private final ByteBuffer layout;
  private final AtomicReferenceArray<@Nullable BlkQueue> queues;
  private @Nullable VirtioTransport transport;
  private volatile boolean writeback = true;
  private volatile boolean cacheModeChosen;
  private volatile boolean flushes;
  private volatile boolean cancelled;
  private volatile boolean keepsWrites;

  VirtioBlk(BlkConfig config, Disk disk, LongSupplier nanoTime, Scheduler timer) {
    this.config = config;
    this.disk = disk;
    this.nanoTime = nanoTime;
    this.timer = timer;
    requests = new BlkRequests(disk, config.serial());
    counters = new BlkCounters(config.id(), config.queues());
    layout = BlkLayout.of(disk, config);
    queues = new AtomicReferenceArray<>(config.queues());
  }

  @Override
  public String id() {
    return config.id();
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public long features() {
    return BlkFeatures.SEG_MAX
        | BlkFeatures.BLK_SIZE
        | BlkFeatures.TOPOLOGY
        | BlkFeatures.FLUSH
        | BlkFeatures.CONFIG_WCE
        | (config.queues() > 1 ? BlkFeatures.MQ : 0)
        | (disk.readOnly() ? BlkFeatures.RO : 0)
        | (disk.discards() ? BlkFeatures.DISCARD | BlkFeatures.WRITE_ZEROES : 0);
  }

  @Override
  public int queueCount() {
    return config.queues();
  }

  @Override
  public int maxQueueSize(int queue) {
    return config.queueSize();
  }

  @Override
  public int configSize() {
    return BlkLayout.SIZE;
  }

  @Override
  public long readConfig(int offset, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      int at = offset + i;
      long part = at == BlkLayout.WRITEBACK ? (writeback ? 1 : 0) : layout.get(at) & 0xff;
      value |= part << 8 * i;
    }
    return value;
  }

  @Override
  public void writeConfig(int offset, int size, long value) {
    // The only field that a driver may write.
    if (offset == BlkLayout.WRITEBACK && size == 1 && cacheModeChosen) {
      writeback = (value & 1) != 0;
    }
  }

  @Override
  public void attach(VirtioTransport transport) {
    this.transport = transport;
  }

  @Override
  public void activate(long features) {
    cacheModeChosen = VirtioFeatures.has(features, BlkFeatures.CONFIG_WCE);
    flushes = VirtioFeatures.has(features, BlkFeatures.FLUSH);
  }

  @Override
  public void startQueue(VirtQueue queue) {
    int index = queue.index();
    String name = "%s queue %d".formatted(config.id(), index);
    DiskWaker waker = waker(index);
    Throttle throttle = new Throttle(config.limiter(), nanoTime, timer, waker::wake);
    BlkQueue started =
        new BlkQueue(
            name,
            queue,
            disk.open(name, queue.size(), waker),
            requests,
            throttle,
            counters.queue(index),
            nanoTime,
            this::mayCacheWrites);
    if (cancelled) {
      started.cancel();
    }
    queues.set(index, started);
  }

  @Override
  public void service(int worker) {
    BlkQueue queue = queues.get(worker);
    VirtioTransport owner = transport;
    if (queue != null && queue.service() && owner != null) {
      owner.wake(worker);
    }
  }

  @Override
  public long pollNanos() {
    return config.pollNanos();
  }

  @Override
  public boolean hasWork(int worker) {
    BlkQueue queue = queues.get(worker);
    return queue != null && queue.hasResult();
  }

  @Override
  public void stopQueue(int index) {
    BlkQueue queue = queues.get(index);
    if (queue != null) {
      queue.drain();
      queues.set(index, null);
      queue.close();
    }
  }

  @Override
  public void reset() {
    writeback = true;
    cacheModeChosen = false;
    flushes = false;
  }

  @Override
  public void quiesce() {
    for (int i = 0; i < queues.length(); i++) {
      BlkQueue queue = queues.get(i);
      if (queue != null) {
        queue.drain();
      }
    }
  }

  @Override
  public BlkState save() {
    return new BlkState(BlkState.VERSION, disk.size(), writeback);
  }

  @Override
  public void restore(BlkState state) {
    if (state.version() != BlkState.VERSION) {
      throw new IllegalArgumentException(
          "%s: state of version %d".formatted(config.id(), state.version()));
    }
    if (state.bytes() != disk.size()) {
      throw new IllegalArgumentException(
          "%s: the state is of a disk with %d bytes, this one has %d"
              .formatted(config.id(), state.bytes(), disk.size()));
    }
    writeback = state.writeback();
  }

  @Override
  public void cancel() {
    cancelled = true;
    for (int i = 0; i < queues.length(); i++) {
      BlkQueue queue = queues.get(i);
      if (queue != null) {
        queue.cancel();
      }
    }
  }

  @Override
  public void keepWrites() {
    keepsWrites = true;
  }

  @Override
  public void close() {
    cancel();
    for (int i = 0; i < queues.length(); i++) {
      stopQueue(i);
    }
    if (keepsWrites) {
      disk.flush();
    }
    disk.close();
  }

  @Override
  public DeviceCounters counters() {
    return counters;
  }

  /** Virtio 1.3 §5.2.6.2: the mode that was chosen, else write-back if the driver can flush. */
  private boolean mayCacheWrites() {
    return cacheModeChosen ? writeback : flushes;
  }

  private DiskWaker waker(int worker) {
    VirtioTransport owner = transport;
    return new DiskWaker() {
      @Override
      public void wake() {
        if (owner != null) {
          owner.wake(worker);
        }
      }

      @Override
      public int descriptor() {
        return owner == null ? -1 : owner.wakeDescriptor(worker);
      }
    };
  }
}
