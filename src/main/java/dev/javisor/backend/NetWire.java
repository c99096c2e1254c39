package dev.javisor.backend;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A cable between two network devices of this JVM: what one guest sends, the other one receives. A
 * frame is copied once, from one guest's RAM to the other's.
 *
 * <pre>{@code
 * NetWire wire = new NetWire();
 * VirtualMachine.Builder one = VirtualMachine.builder().net(wire.first());
 * VirtualMachine.Builder two = VirtualMachine.builder().net(wire.second());
 * }</pre>
 *
 * <p>While a guest has no room, a few of the other one's frames wait for it; those behind them are
 * dropped.
 *
 * <p>Threading: any thread.
 */
public final class NetWire {
  /** Fewer than a queue of the default size has, so that a guest that hangs stops nobody else. */
  private static final int MOST_WAITING = 192;

  private final End first = new End();
  private final End second = new End();

  /** A new cable, whose ends are free. */
  public NetWire() {
    first.other = second;
    second.other = first;
  }

  /** One of its ends. */
  public NetBackend first() {
    return first;
  }

  /** The other end. */
  public NetBackend second() {
    return second;
  }

  private static final class End implements NetBackend {
    /** Frames of the other end's guest, for the guest here. Guarded by itself. */
    private final Queue<NetFrame> waiting = new ArrayDeque<>();

    private @Nullable End other;
    private volatile @Nullable NetGuest guest;

    @Override
    public String description() {
      return "a wire to another machine";
    }

    @Override
    public void attach(NetGuest guest) {
      this.guest = guest;
    }

    @Override
    public void detach() {
      guest = null;
      ready();
    }

    @Override
    public void transmit(NetFrame frame) {
      End to = other;
      if (to != null) {
        to.take(frame);
      }
    }

    private void take(NetFrame frame) {
      synchronized (waiting) {
        if (waiting.isEmpty() ? deliver(frame) : waiting.size() >= MOST_WAITING) {
          frame.complete();
        } else {
          waiting.add(frame);
        }
      }
    }

    private boolean deliver(NetFrame frame) {
      NetGuest to = guest;
      return to == null || to.deliver(frame);
    }

    @Override
    public void ready() {
      synchronized (waiting) {
        NetFrame frame;
        while ((frame = waiting.peek()) != null && deliver(frame)) {
          waiting.remove();
          frame.complete();
        }
      }
    }

    @Override
    public void cancel() {
      End to = other;
      if (to != null) {
        to.drop();
      }
    }

    private void drop() {
      synchronized (waiting) {
        waiting.forEach(NetFrame::complete);
        waiting.clear();
      }
    }
  }
}
