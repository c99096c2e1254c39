package dev.javisor.internal.virtio.blk;

import dev.javisor.backend.BlockOperation;
import dev.javisor.backend.BlockStatus;
import dev.javisor.internal.block.DiskQueue;
import dev.javisor.internal.block.DiskRequest;
import dev.javisor.internal.virtio.DescriptorChain;
import dev.javisor.internal.virtio.Throttle;
import dev.javisor.internal.virtio.VirtQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue at work: takes requests from the driver, hands them to the disk, gives them back.
 *
 * <p>Threading: one thread at a time, but for {@link #cancel}.
 */
final class BlkQueue {
  private static final Logger log = LoggerFactory.getLogger(BlkQueue.class);

  /** The most requests of one round. */
  private static final int BUDGET = 512;

  /** Requests that are done are shown to the driver after that many, so that it need not wait. */
  private static final int SHOWN_AFTER = 8;

  private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long PATIENCE_ONCE_CANCELLED = TimeUnit.SECONDS.toNanos(5);
  private static final long PATIENCE_UNTIL_TOLD = TimeUnit.SECONDS.toNanos(30);

  /** A request of the driver; one for each head, made when first needed. */
  private final class Slot implements DiskRequest.Owner {
    final DiskRequest request = new DiskRequest(queue.memory(), queue.index(), this);
    @Nullable DescriptorChain chain;
    long bytes;
    boolean write;
    boolean durable;

    @Override
    public void completed(DiskRequest request) {
      if (durable && request.status() == BlockStatus.OK) {
        // Without a write-back cache a write is done when it is durable.
        durable = false;
        request.flush();
        disk.submit(request);
        return;
      }
      underWay--;
      finish(this);
    }
  }

  private final String id;
  private final VirtQueue queue;
  private final DiskQueue disk;
  private final BlkRequests requests;
  private final Throttle throttle;
  private final BlkCounters.Queue counters;
  private final LongSupplier nanoTime;
  private final BooleanSupplier writeback;
  private final @Nullable Slot[] slots;
  private int underWay;
  private int notShown;
  private volatile boolean cancelled;
  private volatile long cancelledAt;

  /**
   * @param writeback whether a write may be done before it is durable
   * @param nanoTime the clock of latencies
   */
  BlkQueue(
      String id,
      VirtQueue queue,
      DiskQueue disk,
      BlkRequests requests,
      Throttle throttle,
      BlkCounters.Queue counters,
      LongSupplier nanoTime,
      BooleanSupplier writeback) {
    this.id = id;
    this.queue = queue;
    this.disk = disk;
    this.requests = requests;
    this.throttle = throttle;
    this.counters = counters;
    this.nanoTime = nanoTime;
    this.writeback = writeback;
    slots = new Slot[queue.size()];
  }

  /**
   * Goes one round.
   *
   * @return whether there is more to do at once
   */
  boolean service() {
    int budget = BUDGET;
    disk.reap();
    do {
      queue.disableNotifications();
      DescriptorChain chain;
      boolean admitted = throttle.isOpen();
      while (admitted && !cancelled && budget > 0 && (chain = queue.pop()) != null) {
        budget--;
        admitted = start(chain);
      }
      disk.commit();
      show();
      if (!admitted || cancelled) {
        // Who opens the throttle again wakes this queue; the driver need not.
        return false;
      }
    } while (budget > 0 && queue.enableNotifications());
    return budget == 0;
  }

  /** Whether the disk is done with a request that was not given back yet. */
  boolean hasResult() {
    return disk.hasResult();
  }

  /**
   * Waits until the disk is done with all requests; for a few seconds only once {@link #cancel} was
   * called.
   *
   * @return whether it is
   */
  boolean drain() {
    long start = nanoTime.getAsLong();
    boolean told = false;
    boolean asked = false;
    while (true) {
      disk.reap();
      disk.commit();
      show();
      if (underWay == 0) {
        return true;
      }
      long now = nanoTime.getAsLong();
      if (cancelled && !asked) {
        asked = true;
        disk.cancel();
      }
      if (asked && now - cancelledAt > PATIENCE_ONCE_CANCELLED) {
        log.warn("{}: {} requests are not done; nobody waits for them any more", id, underWay);
        return false;
      }
      if (!told && now - start > PATIENCE_UNTIL_TOLD) {
        told = true;
        log.warn("{}: still waits for {} requests that the disk is not done with", id, underWay);
      }
      disk.await(LOOK_AGAIN);
    }
  }

  /** Bounds {@link #drain}, from the first call on. Any thread. */
  void cancel() {
    if (!cancelled) {
      cancelledAt = nanoTime.getAsLong();
      cancelled = true;
    }
  }

  /** Ends; drained or not. */
  void close() {
    disk.close();
  }

  /** Starts a request, or gives it back and returns false if its time has not come. */
  private boolean start(DescriptorChain chain) {
    Slot slot = slots[chain.head()];
    if (slot == null) {
      slot = new Slot();
      slots[chain.head()] = slot;
    }
    slot.chain = chain;
    DiskRequest request = slot.request;
    int status = requests.read(chain, request);
    if (status != BlkRequests.FOR_THE_DISK) {
      finish(chain, status, status == BlkRequests.STATUS_OK ? chain.writable().bytes() : 0);
      return true;
    }
    if (!throttle.admits(request.length())) {
      slot.chain = null;
      queue.undoPop(chain);
      return false;
    }
    slot.write = request.operation() != BlockOperation.READ;
    slot.bytes = request.length();
    slot.durable = slot.write && request.length() > 0 && !writeback.getAsBoolean();
    request.started(nanoTime.getAsLong());
    underWay++;
    disk.submit(request);
    return true;
  }

  private void finish(Slot slot) {
    DescriptorChain chain = slot.chain;
    slot.chain = null;
    if (chain == null) {
      return;
    }
    boolean ok = slot.request.status() == BlockStatus.OK;
    count(slot, ok);
    int status =
        switch (slot.request.status()) {
          case OK -> BlkRequests.STATUS_OK;
          case IOERR -> BlkRequests.STATUS_IOERR;
          case UNSUPPORTED -> BlkRequests.STATUS_UNSUPPORTED;
        };
    // Of a read that failed nothing is promised; otherwise the status ends what was written.
    finish(chain, status, ok || slot.write ? chain.writable().bytes() : 0);
  }

  private void count(Slot slot, boolean ok) {
    if (!ok) {
      counters.failed();
    } else if (slot.bytes == 0) {
      counters.flushed();
    } else {
      long nanos = nanoTime.getAsLong() - slot.request.startNanos();
      counters.transferred(slot.write, slot.bytes, nanos);
    }
  }

  private void finish(DescriptorChain chain, int status, long written) {
    chain.writable().writeByte(chain.writable().bytes() - 1, (byte) status);
    queue.push(chain, written);
    if (++notShown >= SHOWN_AFTER) {
      show();
    }
  }

  private void show() {
    if (notShown > 0) {
      notShown = 0;
      queue.flush();
    }
  }
}
