package dev.javisor.internal.virtio.vsock;

import static java.util.Objects.requireNonNull;

import dev.javisor.internal.bus.DeviceCounters;
import dev.javisor.internal.bus.Scheduler;
import dev.javisor.internal.virtio.BrokenDriverException;
import dev.javisor.internal.virtio.BufferList;
import dev.javisor.internal.virtio.DescriptorChain;
import dev.javisor.internal.virtio.VirtQueue;
import dev.javisor.internal.virtio.VirtioDevice;
import dev.javisor.internal.virtio.VirtioTransport;
import dev.javisor.internal.vsock.PacketData;
import dev.javisor.internal.vsock.PacketHeader;
import dev.javisor.internal.vsock.VsockHub;
import org.jspecify.annotations.Nullable;

/**
 * A socket device: virtio 1.3 §5.10. It moves packets between the rings and a {@link VsockHub},
 * which knows what they mean. One worker serves the three queues.
 *
 * <p>Each byte is copied once on the way from guest RAM to where a connection keeps it, and once on
 * the way from there, by the thread of who reads.
 *
 * <p>While the driver does not take what is for it, it is heard only until its refusals fill their
 * list: virtio 1.3 §5.10.6.1.
 *
 * <p>Not modelled: VIRTIO_VSOCK_F_SEQPACKET and VIRTIO_VSOCK_F_NO_IMPLIED_STREAM (streams only),
 * datagrams, zero copy, guests that talk to each other.
 */
final class VirtioVsock implements VirtioDevice<VsockState> {
  static final int RECEIVE = 0;
  static final int TRANSMIT = 1;
  static final int EVENT = 2;

  /** VIRTIO_VSOCK_F_STREAM. */
  static final long F_STREAM = 1;

  private static final int TYPE = 19;
  private static final int QUEUE_SIZE = 256;
  private static final int CONFIG_SIZE = 8;

  /** Packets of one round in each direction. */
  private static final int ROUND = 128;

  /** {@code struct virtio_vsock_event} with VIRTIO_VSOCK_EVENT_TRANSPORT_RESET, which is 0. */
  private static final byte[] TRANSPORT_RESET = new byte[Integer.BYTES];

  private final VsockConfig config;
  private final VsockHub hub;
  private final Scheduler timer;
  private final Runnable end;
  private final PacketHeader incoming = new PacketHeader();
  private final PacketHeader outgoing = new PacketHeader();
  private final Body taken = new Body();
  private final Body given = new Body();
  private @Nullable VirtioTransport transport;
  private @Nullable VirtQueue receiveQueue;
  private @Nullable VirtQueue transmitQueue;
  private @Nullable VirtQueue eventQueue;

  /** The driver knows of connections that are not there, and is to be told before anything else. */
  private boolean forgetful;

  /** What follows a packet's header. One object for all packets of a direction. */
  private static final class Body implements PacketData.Source, PacketData.Target {
    private @Nullable BufferList buffers;

    @Override
    public void read(int offset, byte[] target, int start, int length) {
      requireNonNull(buffers).read(PacketHeader.SIZE + offset, target, start, length);
    }

    @Override
    public void write(int offset, byte[] source, int start, int length) {
      requireNonNull(buffers).write(PacketHeader.SIZE + offset, source, start, length);
    }
  }

  VirtioVsock(VsockConfig config, VsockHub hub, Scheduler timer, Runnable end) {
    this.config = config;
    this.hub = hub;
    this.timer = timer;
    this.end = end;
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
    return F_STREAM;
  }

  @Override
  public int queueCount() {
    return 3;
  }

  @Override
  public int maxQueueSize(int queue) {
    return QUEUE_SIZE;
  }

  @Override
  public int workerCount() {
    return 1;
  }

  @Override
  public int worker(int queue) {
    return 0;
  }

  @Override
  public int configSize() {
    return CONFIG_SIZE;
  }

  @Override
  public long readConfig(int offset, int size) {
    long value = config.cid() >>> 8 * offset;
    return size == Long.BYTES ? value : value & (1L << 8 * size) - 1;
  }

  @Override
  public void attach(VirtioTransport to) {
    transport = to;
    hub.attach(() -> to.wake(0), timer);
  }

  @Override
  public void startQueue(VirtQueue queue) {
    set(queue.index(), queue);
  }

  private void set(int index, @Nullable VirtQueue queue) {
    switch (index) {
      case RECEIVE -> receiveQueue = queue;
      case TRANSMIT -> transmitQueue = queue;
      default -> eventQueue = queue;
    }
  }

  @Override
  public void service(int worker) {
    VirtQueue events = eventQueue;
    if (forgetful && events != null) {
      tellOfReset(events);
    }
    VirtQueue in = transmitQueue;
    boolean more = in != null && take(in);
    VirtQueue out = receiveQueue;
    more |= out != null && !forgetful && give(out);
    VirtioTransport owner = transport;
    if (more && owner != null) {
      owner.wake(worker);
    }
  }

  private void tellOfReset(VirtQueue queue) {
    do {
      queue.disableNotifications();
      DescriptorChain chain = queue.pop();
      if (chain != null) {
        chain.writable().write(0, TRANSPORT_RESET, 0, TRANSPORT_RESET.length);
        queue.push(chain, TRANSPORT_RESET.length);
        queue.flush();
        forgetful = false;
        return;
      }
    } while (queue.enableNotifications());
  }

  /** Takes the driver's packets; returns whether there are more that can be taken. */
  private boolean take(VirtQueue queue) {
    int budget = ROUND;
    do {
      queue.disableNotifications();
      DescriptorChain chain;
      while (budget > 0 && hub.takesPackets() && (chain = queue.pop()) != null) {
        budget--;
        take(chain.readable());
        queue.push(chain, 0);
      }
      queue.flush();
    } while (budget > 0 && hub.takesPackets() && queue.enableNotifications());
    return budget == 0 && hub.takesPackets();
  }

  private void take(BufferList packet) {
    packet.read(0, incoming.array(), 0, PacketHeader.SIZE);
    taken.buffers = packet;
    hub.receive(incoming, taken, packet.bytes() - PacketHeader.SIZE);
  }

  /** Gives the driver packets; returns whether it may have more at once. */
  private boolean give(VirtQueue queue) {
    boolean wasDeaf = !hub.takesPackets();
    int budget = ROUND;
    queue.disableNotifications();
    while (budget > 0 && hub.hasNext()) {
      DescriptorChain chain = queue.pop();
      if (chain == null) {
        if (!queue.enableNotifications()) {
          break;
        }
        queue.disableNotifications();
        continue;
      }
      budget--;
      if (!give(chain, queue)) {
        break;
      }
    }
    queue.flush();
    return budget == 0 || wasDeaf && hub.takesPackets();
  }

  private boolean give(DescriptorChain chain, VirtQueue queue) {
    BufferList packet = chain.writable();
    long room = packet.bytes() - PacketHeader.SIZE;
    if (room < 1) {
      throw new BrokenDriverException("room for packets of %d bytes".formatted(packet.bytes()));
    }
    given.buffers = packet;
    int length = hub.next(outgoing, given, (int) Math.min(room, Integer.MAX_VALUE));
    if (length < 0) {
      queue.undoPop(chain);
      return false;
    }
    packet.write(0, outgoing.array(), 0, PacketHeader.SIZE);
    queue.push(chain, PacketHeader.SIZE + length);
    return true;
  }

  @Override
  public void stopQueue(int queue) {
    set(queue, null);
  }

  @Override
  public void reset() {
    forgetful = false;
    hub.guestReset("the guest's driver has started anew, or the guest has rebooted");
  }

  @Override
  public VsockState save() {
    return new VsockState(VsockState.VERSION);
  }

  @Override
  public void restore(VsockState state) {
    if (state.version() != VsockState.VERSION) {
      throw new IllegalArgumentException(
          "%s: state of version %d".formatted(config.id(), state.version()));
    }
    hub.guestReset("the guest's state was replaced");
    forgetful = true;
  }

  @Override
  public DeviceCounters counters() {
    return hub.counters();
  }

  @Override
  public void cancel() {
    hub.end("the machine has ended");
  }

  @Override
  public void close() {
    hub.end("the machine has ended");
    end.run();
  }
}
