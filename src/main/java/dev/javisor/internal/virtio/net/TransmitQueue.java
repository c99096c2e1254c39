package dev.javisor.internal.virtio.net;

import dev.javisor.internal.net.NetPort;
import dev.javisor.internal.net.NetSender;
import dev.javisor.internal.net.NetWaker;
import dev.javisor.internal.net.SentFrame;
import dev.javisor.internal.virtio.DescriptorChain;
import dev.javisor.internal.virtio.Throttle;
import dev.javisor.internal.virtio.VirtQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue of frames that the driver sends.
 *
 * <p>Threading: one thread at a time, but for {@link #cancel}.
 */
final class TransmitQueue implements ServedQueue {
  private static final Logger log = LoggerFactory.getLogger(TransmitQueue.class);

  /** The most frames of one round. */
  private static final int BUDGET = 256;

  /** Frames that are sent are shown to the driver after that many, so that it need not wait. */
  private static final int SHOWN_AFTER = 16;

  private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(3);
  private static final long PATIENCE_ONCE_CANCELLED = TimeUnit.MILLISECONDS.toNanos(300);

  /** A frame of the driver's; one for each head, made when first needed. */
  private final class Slot implements SentFrame.Owner {
    final SentFrame frame = new SentFrame(queue.memory(), queue.index() / 2, this);
    @Nullable DescriptorChain chain;

    @Override
    public void sent(SentFrame sent, boolean dropped) {
      DescriptorChain done = chain;
      chain = null;
      underWay--;
      if (done != null) {
        if (dropped) {
          counters.dropped();
        } else {
          counters.passed(sent.length());
        }
        finish(done);
      }
    }
  }

  private final String id;
  private final VirtQueue queue;
  private final NetSender sender;
  private final NetLink link;
  private final Throttle throttle;
  private final NetCounters.Queue counters;
  private final LongSupplier nanoTime;
  private final @Nullable Slot[] slots;
  private int underWay;
  private int notShown;
  private volatile boolean cancelled;

  TransmitQueue(
      String id,
      VirtQueue queue,
      NetPort port,
      NetWaker waker,
      NetLink link,
      Throttle throttle,
      NetCounters.Queue counters,
      LongSupplier nanoTime) {
    this.id = id;
    this.queue = queue;
    this.link = link;
    this.throttle = throttle;
    this.counters = counters;
    this.nanoTime = nanoTime;
    slots = new Slot[queue.size()];
    sender = port.sender(queue.index() / 2, waker);
  }

  @Override
  public boolean service() {
    int budget = BUDGET;
    sender.reap();
    do {
      queue.disableNotifications();
      DescriptorChain chain;
      boolean admitted = throttle.isOpen();
      while (admitted && !cancelled && budget > 0 && (chain = queue.pop()) != null) {
        budget--;
        admitted = start(chain);
      }
      sender.flush();
      show();
      if (!admitted || cancelled) {
        // Who opens the throttle again wakes this queue; the driver need not.
        return false;
      }
    } while (budget > 0 && queue.enableNotifications());
    return budget == 0;
  }

  /** Sends a frame, or gives it back and returns false if its time has not come. */
  private boolean start(DescriptorChain chain) {
    if (!link.up() || !FrameHeader.maySend(chain.readable(), link.toHost(), link.mtu())) {
      counters.dropped();
      finish(chain);
      return true;
    }
    if (!throttle.admits(chain.readable().bytes() - NetPort.HEADER)) {
      queue.undoPop(chain);
      return false;
    }
    Slot slot = slots[chain.head()];
    if (slot == null) {
      slot = new Slot();
      slots[chain.head()] = slot;
    }
    slot.chain = chain;
    slot.frame.set(chain.readable());
    underWay++;
    sender.send(slot.frame);
    return true;
  }

  private void finish(DescriptorChain chain) {
    queue.push(chain, 0);
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

  @Override
  public void quiesce() {
    if (underWay > 0) {
      // A driver that broke a rule may have left frames behind that were kept.
      sender.flush();
      sender.reap();
    }
    long start = nanoTime.getAsLong();
    while (underWay > 0) {
      sender.cancel();
      sender.reap();
      if (underWay > 0) {
        long patience = cancelled ? PATIENCE_ONCE_CANCELLED : PATIENCE;
        if (nanoTime.getAsLong() - start > patience) {
          log.warn("{}: {} frames are kept; nobody waits for them any more", id, underWay);
          break;
        }
        sender.await(LOOK_AGAIN);
      }
    }
    show();
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  @Override
  public void close() {
    quiesce();
    sender.close();
  }
}
