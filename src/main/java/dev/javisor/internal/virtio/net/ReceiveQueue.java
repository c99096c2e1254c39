package dev.javisor.internal.virtio.net;

import dev.javisor.internal.net.FrameSink;
import dev.javisor.internal.net.FrameSource;
import dev.javisor.internal.net.NetPort;
import dev.javisor.internal.net.NetReceiver;
import dev.javisor.internal.net.NetWaker;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.virtio.BrokenDriverException;
import dev.javisor.internal.virtio.Throttle;
import dev.javisor.internal.virtio.VirtQueue;

/**
 * A queue of frames for the driver. It fetches them from its port, or takes them from whoever has
 * one.
 *
 * <p>Threading: the queue's worker, and for {@link #offer} any thread; guarded by {@code this}. No
 * foreign code is called with that lock but the {@link FrameSource} that was offered.
 */
final class ReceiveQueue implements ServedQueue, FrameSink {
  /** The most frames of one round. */
  private static final int BUDGET = 256;

  /** Frames are shown to the driver after that many, so that it need not wait. */
  private static final int SHOWN_AFTER = 16;

  private final VirtQueue queue;
  private final NetLink link;
  private final Throttle throttle;
  private final NetCounters.Queue counters;
  private final ReceiveWindow window;
  private final NetReceiver receiver;
  private final boolean mergeable;

  /** Of a frame that waits for more buffers, or 0. */
  private int waitingLength;

  /** How much of that frame is in the window. */
  private long waitingStart;

  /** Of a frame in the window whose time has not come, or 0. */
  private int heldLength;

  private int notShown;
  private boolean gone;
  private boolean paused;
  private volatile boolean over;

  /**
   * @param mergeable whether a frame may take several buffers
   */
  ReceiveQueue(
      VirtQueue queue,
      boolean mergeable,
      NetPort port,
      NetWaker waker,
      NetLink link,
      Throttle throttle,
      NetCounters.Queue counters) {
    this.queue = queue;
    this.mergeable = mergeable;
    this.link = link;
    this.throttle = throttle;
    this.counters = counters;
    window = new ReceiveWindow(queue, mergeable);
    receiver = port.receiver(queue.index() / 2, this, waker);
  }

  @Override
  public boolean service() {
    boolean more = fetch();
    receiver.serviced();
    return more;
  }

  private synchronized boolean fetch() {
    queue.disableNotifications();
    int budget = BUDGET;
    while (budget > 0 && !gone && !over && release()) {
      if (!link.up()) {
        waitingLength = 0;
        if (!receiver.discard()) {
          break;
        }
        counters.dropped();
      } else if (!makeRoom() || !fetchOne()) {
        break;
      }
      budget--;
    }
    show();
    return budget == 0;
  }

  /** Returns whether there is a buffer; if not, the driver will notify of one. */
  private boolean makeRoom() {
    while (true) {
      window.fill(Math.max(waitingLength, link.longestReceived() + NetPort.HEADER));
      boolean enough = waitingLength == 0 ? !window.isEmpty() : window.bytes() >= waitingLength;
      if (enough) {
        return true;
      }
      if (window.isFull()) {
        // However many buffers the driver gives, this frame is too long for them.
        waitingLength = 0;
        counters.dropped();
        return true;
      }
      show();
      if (!queue.enableNotifications()) {
        return false;
      }
      queue.disableNotifications();
    }
  }

  /** Returns false if there is no frame. */
  private boolean fetchOne() {
    if (waitingLength > 0) {
      finish(waitingLength);
      return true;
    }
    int length = receiver.receive(window);
    if (length == FrameSource.GONE) {
      gone = true;
      link.gone();
      return false;
    }
    if (length == FrameSource.NOTHING) {
      return false;
    }
    accept(length);
    return true;
  }

  /** Takes a frame whose beginning is in the window. */
  private void accept(int length) {
    int frame = length - NetPort.HEADER;
    Offloads agreed = link.toGuest();
    boolean good =
        frame >= FrameHeader.LEAST_FRAME
            && frame <= link.longestReceived()
            && FrameHeader.mayReceive(window.flags(), window.gso(), agreed);
    if (!good || (!mergeable && length > window.bytes())) {
      counters.dropped();
    } else if (length > window.bytes()) {
      waitingLength = length;
      waitingStart = window.bytes();
    } else {
      pass(length);
    }
  }

  /** Adds what found no room, to buffers that came since. */
  private void finish(int length) {
    window.write(waitingStart, receiver.rest());
    waitingLength = 0;
    pass(length);
  }

  /** Lets a frame that is held go on if its time has come; returns false if it has not. */
  private boolean release() {
    int length = heldLength;
    if (length > 0 && throttle.isOpen()) {
      heldLength = 0;
      pass(length);
    }
    return heldLength == 0;
  }

  private void pass(int length) {
    if (!throttle.admits(length - NetPort.HEADER)) {
      heldLength = length;
      return;
    }
    window.push(length);
    counters.passed(length - NetPort.HEADER);
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
  public boolean offer(FrameSource source) {
    try {
      return take(source);
    } catch (BrokenDriverException e) {
      synchronized (this) {
        over = true;
      }
      link.broken(String.valueOf(e.getMessage()));
      return true;
    }
  }

  private synchronized boolean take(FrameSource source) {
    if (over || paused || !link.up()) {
      counters.dropped();
      return true;
    }
    if (!release()) {
      return false;
    }
    queue.disableNotifications();
    while (true) {
      boolean grew = window.fill(link.longestReceived() + NetPort.HEADER);
      int length = window.isEmpty() ? FrameSource.NOTHING : source.receive(window);
      if (length > 0) {
        accept(length);
        show();
        return true;
      }
      if (window.isFull() || window.bytes() >= link.longestReceived() + NetPort.HEADER) {
        counters.dropped();
        return true;
      }
      if (!grew && !queue.enableNotifications()) {
        return false;
      }
    }
  }

  @Override
  public synchronized void quiesce() {
    paused = true;
    if (waitingLength > 0 || heldLength > 0) {
      waitingLength = 0;
      heldLength = 0;
      counters.dropped();
    }
    window.undo();
    show();
  }

  @Override
  public synchronized void resume() {
    paused = false;
  }

  @Override
  public void cancel() {
    over = true;
  }

  @Override
  public void close() {
    synchronized (this) {
      over = true;
      show();
    }
    receiver.close();
  }
}
