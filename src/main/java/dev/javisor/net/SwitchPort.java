package dev.javisor.net;

import dev.javisor.backend.NetFrame;
import dev.javisor.backend.NetGuest;
import dev.javisor.config.NetChannel;
import dev.javisor.error.NetworkException;
import dev.javisor.internal.net.GuestPorts;
import dev.javisor.internal.net.ReachingBackend;
import dev.javisor.internal.net.pcap.PcapFile;
import dev.javisor.internal.net.user.NamedGuest;
import dev.javisor.internal.net.vswitch.FrameBudget;
import dev.javisor.internal.net.vswitch.Link;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A port of a switch, and the cable on it. Frames for a guest that has no room wait in a queue of
 * its own, so that it holds up nobody else.
 *
 * <p>Threading: any thread. What the fabric guards says so.
 */
final class SwitchPort implements ReachingBackend {
  final String name;
  final int index;

  /** As the host sees it, whose port is the first. */
  final NamedGuest asGuest;

  /** From the guest to the switch. Guarded by the fabric, as what follows. */
  final Link up;

  /** From the switch to the guest. */
  final Link down;

  /** Frames that left the last link, and are about to be given to the guest. */
  int arriving;

  final PortTally tally = new PortTally();
  private final SwitchFabric fabric;

  /** Guarded by itself, and held while the guest is given a frame: its order is theirs. */
  private final Queue<SwitchFrame> waiting = new ArrayDeque<>();

  private final FrameBudget room;
  private final @Nullable GuestPorts guestPorts;
  private volatile @Nullable NetGuest guest;
  private volatile @Nullable PcapFile capture;

  /**
   * @param guestPorts the guest's ports as this process reaches them; null if it is not on the
   *     network
   */
  SwitchPort(
      String name,
      int index,
      SwitchFabric fabric,
      Link up,
      Link down,
      long queueBytes,
      @Nullable GuestPorts guestPorts) {
    this.name = name;
    this.index = index;
    asGuest = new NamedGuest(name, index - 1);
    this.fabric = fabric;
    this.up = up;
    this.down = down;
    room = new FrameBudget(queueBytes);
    this.guestPorts = guestPorts;
  }

  @Override
  public String description() {
    return "port %s of a virtual switch".formatted(name);
  }

  @Override
  public synchronized void attach(NetGuest attached) {
    if (guest != null) {
      throw new IllegalStateException("port %s of the switch is taken".formatted(name));
    }
    fabric.checkOpen();
    guest = attached;
  }

  @Override
  public synchronized void detach() {
    guest = null;
    drop();
    fabric.unplugged(this);
  }

  @Override
  public Optional<GuestPorts> guestPorts() {
    return Optional.ofNullable(guestPorts).map(OfMachine::new);
  }

  /** The ports of the machine that is on this port. */
  private final class OfMachine implements GuestPorts {
    private final GuestPorts ports;

    OfMachine(GuestPorts ports) {
      this.ports = ports;
    }

    @Override
    public int hostPort(int guestPort) {
      if (!isPlugged()) {
        throw new IllegalStateException("the machine does not run: it has no ports");
      }
      return ports.hostPort(guestPort);
    }

    @Override
    public NetChannel connect(int port, long nanosToWait) throws IOException {
      if (!isPlugged()) {
        throw new NetworkException(
            NetworkException.Reason.NOT_RUNNING, "the machine does not run: nobody is there");
      }
      return ports.connect(port, nanosToWait);
    }
  }

  boolean isPlugged() {
    return guest != null;
  }

  /** Drops what waits for the guest. */
  void drop() {
    synchronized (waiting) {
      waiting.clear();
      room.clear();
    }
  }

  @Override
  public void transmit(NetFrame frame) {
    try {
      fabric.enter(this, frame);
    } finally {
      frame.complete();
    }
  }

  /** Gives a frame to the guest, or lets it wait. */
  void deliver(SwitchFrame frame) {
    synchronized (waiting) {
      NetGuest to = guest;
      if (to == null || waiting.isEmpty() && give(frame, to)) {
        return;
      }
      if (!room.take(frame.from.index, frame.length)) {
        frame.from.tally.overflowed.increment();
        return;
      }
      frame.keep();
      waiting.add(frame);
    }
  }

  private boolean give(SwitchFrame frame, NetGuest to) {
    if (!frame.deliver(to)) {
      return false;
    }
    tally.receivedFrames.increment();
    tally.receivedBytes.add(frame.length);
    PcapFile file = capture;
    if (file != null) {
      frame.write(file);
    }
    return true;
  }

  @Override
  public void ready() {
    synchronized (waiting) {
      NetGuest to = guest;
      SwitchFrame frame;
      while (to != null && (frame = waiting.peek()) != null && give(frame, to)) {
        waiting.remove();
        room.give(frame.from.index, frame.length);
      }
    }
  }

  /** Counts and writes down a frame of the guest's. */
  void sent(SwitchFrame frame) {
    tally.sentFrames.increment();
    tally.sentBytes.add(frame.length);
    PcapFile file = capture;
    if (file != null) {
      frame.write(file);
    }
  }

  synchronized void startCapture(Path path) throws IOException {
    if (capture != null) {
      throw new IllegalStateException("port %s is captured already".formatted(name));
    }
    capture = PcapFile.create(path);
  }

  synchronized void stopCapture() {
    PcapFile file = capture;
    capture = null;
    if (file != null) {
      file.close();
    }
  }

  /** Bytes of memory that frames take while they wait for the guest. */
  long bytesWaiting() {
    synchronized (waiting) {
      return room.used();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
