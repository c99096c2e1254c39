package dev.javisor.internal.net;

import dev.javisor.backend.NetBackend;
import dev.javisor.backend.NetFrame;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A user's Java code as what a network device is plugged into. */
public final class BackendPort implements NetPort {
  private static final Logger log = LoggerFactory.getLogger(BackendPort.class);

  private final String name;
  private final NetBackend backend;
  private final int mtu;
  private final int pairs;
  private final Offloads offloads;
  private volatile Offloads accepted = Offloads.NONE;
  private volatile @Nullable Receiver receiver;

  /**
   * Plugs the backend in.
   *
   * @param name of the device, for logs
   * @param mtu the longest payload of a frame in bytes
   * @param pairs of queues
   * @param allowed what may be offloaded at all
   */
  public BackendPort(String name, NetBackend backend, int mtu, int pairs, Offloads allowed) {
    this.name = name;
    this.backend = backend;
    this.mtu = mtu;
    this.pairs = pairs;
    offloads =
        backend instanceof OffloadingBackend able ? able.offloads().and(allowed) : Offloads.NONE;
    backend.attach(new Guest());
  }

  @Override
  public String description() {
    return backend.description();
  }

  @Override
  public int mtu() {
    return mtu;
  }

  @Override
  public Offloads offloads() {
    return offloads;
  }

  @Override
  public int pairs() {
    return pairs;
  }

  @Override
  public NetSender sender(int pair, NetWaker waker) {
    return new BackendSender(name, backend, waker);
  }

  @Override
  public NetReceiver receiver(int pair, FrameSink sink, NetWaker waker) {
    Receiver made = new Receiver(sink);
    if (pair == 0) {
      receiver = made;
    }
    return made;
  }

  @Override
  public Map<String, Long> counters() {
    return backend instanceof OffloadingBackend counting ? counting.counters() : Map.of();
  }

  @Override
  public boolean accept(Offloads wanted) {
    accepted = wanted;
    return true;
  }

  @Override
  public boolean usePairs(int count) {
    return true;
  }

  @Override
  public void close() {
    receiver = null;
    try {
      backend.detach();
    } catch (Throwable e) {
      // User code, here and below: an Error of it must not end anything of the machine's.
      log.warn("{}: the backend threw when it was detached", name, e);
    }
  }

  private void ready() {
    try {
      backend.ready();
    } catch (Throwable e) {
      log.warn("{}: the backend threw when told of room", name, e);
    }
  }

  /** What the backend knows of the guest. Frames come by its first queue. */
  private final class Guest implements OffloadGuest {
    @Override
    public Offloads offloads() {
      return accepted;
    }

    @Override
    public boolean deliver(FrameSource frame) {
      Receiver to = receiver;
      return to == null || to.offer(frame);
    }

    @Override
    public boolean deliver(ByteBuffer frame) {
      return deliver(new BufferSource(frame));
    }

    @Override
    public boolean deliver(NetFrame frame) {
      return deliver(new FrameCopy(frame));
    }

    @Override
    public int mtu() {
      return mtu;
    }
  }

  /** A queue that has nothing to ask for, and is told. */
  private final class Receiver implements NetReceiver {
    private final FrameSink sink;
    private volatile boolean refused;

    Receiver(FrameSink sink) {
      this.sink = sink;
    }

    boolean offer(FrameSource source) {
      if (sink.offer(source)) {
        return true;
      }
      refused = true;
      // Room that came before the note would be told to nobody.
      return sink.offer(source);
    }

    @Override
    public int receive(ReceiveRoom room) {
      return NOTHING;
    }

    @Override
    public ByteBuffer rest() {
      return ByteBuffer.allocate(0);
    }

    @Override
    public boolean discard() {
      return false;
    }

    @Override
    public void serviced() {
      if (refused) {
        refused = false;
        ready();
      }
    }

    @Override
    public void close() {
      if (receiver == this) {
        receiver = null;
      }
      // What waits for room is dropped now.
      serviced();
    }
  }
}
