package dev.javisor.internal.virtio.net;

import dev.javisor.config.RateLimiter;
import dev.javisor.internal.bus.DeviceCounters;
import dev.javisor.internal.bus.Scheduler;
import dev.javisor.internal.net.MacAddress;
import dev.javisor.internal.net.NetPort;
import dev.javisor.internal.net.NetWaker;
import dev.javisor.internal.virtio.Throttle;
import dev.javisor.internal.virtio.VirtQueue;
import dev.javisor.internal.virtio.VirtioTransport;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A network card: virtio 1.3 §5.1. Each pair of queues has a worker; the control queue is served
 * with the first one. One worker for both directions of a pair is what answers soonest: an answer
 * is often there before the worker that has sent the question would sleep, and neither direction's
 * work waits for a CPU while the guest already waits for it.
 *
 * <p>Frames go between guest memory and the port as they are, their virtio header in front. One
 * whose header makes no sense, or that is too short or too long, is dropped and counted, and harms
 * nothing else.
 *
 * <p>Threading: as {@link dev.javisor.internal.virtio.VirtioDevice} has it.
 *
 * <p>Not modelled: the legacy interface, filters of addresses and VLANs (all frames of the port
 * reach the driver), changes of the address, receive-side scaling and hash reports, UDP
 * segmentation (USO), notification coalescing, speed and duplex, standby.
 */
final class VirtioNet implements VirtioNic {
  private static final int TYPE = 1;
  private static final int STATUS_OFFSET = 6;
  private static final int MAX_PAIRS_OFFSET = 8;
  private static final int MTU_OFFSET = 10;
  private static final int CONFIG_SIZE = 12;
  private static final int STATUS_LINK_UP = 1;
  private static final int STATUS_ANNOUNCE = 2;

  /** The control queue's number if the driver uses one pair only: §5.1.2. */
  private static final int CONTROL_OF_ONE_PAIR = 2;

  private final NicConfig config;
  private final NetPort port;
  private final LongSupplier nanoTime;
  private final Scheduler timer;
  private final NetLink link;
  private final NetCounters counters;
  private final AtomicReferenceArray<@Nullable ServedQueue> queues;
  private @Nullable VirtioTransport transport;
  private @Nullable NetState restored;

  VirtioNet(NicConfig config, NetPort port, LongSupplier nanoTime, Scheduler timer) {
    this.config = config;
    this.port = port;
    this.nanoTime = nanoTime;
    this.timer = timer;
    link = new NetLink(config, port);
    counters = new NetCounters(config.id(), config.pairs(), port);
    queues = new AtomicReferenceArray<>(2 * config.pairs() + 1);
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
    return NetFeatures.offered(port.offloads(), config.pairs());
  }

  @Override
  public boolean accepts(long features) {
    return NetFeatures.consistent(features);
  }

  @Override
  public int queueCount() {
    return queues.length();
  }

  @Override
  public int maxQueueSize(int queue) {
    return config.queueSize();
  }

  @Override
  public int workerCount() {
    return config.pairs();
  }

  @Override
  public int worker(int queue) {
    return queue == 2 * config.pairs() ? 0 : queue / 2;
  }

  @Override
  public int configSize() {
    return CONFIG_SIZE;
  }

  @Override
  public long readConfig(int offset, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (long) configByte(offset + i) << 8 * i;
    }
    return value;
  }

  private int configByte(int at) {
    if (at < MacAddress.LENGTH) {
      return config.mac().octet(at);
    }
    int field =
        switch (at & -2) {
          case STATUS_OFFSET ->
              (link.up() ? STATUS_LINK_UP : 0) | (link.announcing() ? STATUS_ANNOUNCE : 0);
          case MAX_PAIRS_OFFSET -> config.pairs();
          case MTU_OFFSET -> config.mtu();
          default -> 0;
        };
    return field >>> 8 * (at & 1) & 0xff;
  }

  @Override
  public void attach(VirtioTransport to) {
    transport = to;
    link.attach(to);
  }

  @Override
  public void activate(long features) {
    link.agree(features);
    NetState before = restored;
    if (before != null) {
      restored = null;
      link.resume(before);
    }
  }

  @Override
  public void startQueue(VirtQueue queue) {
    queues.set(queue.index(), served(queue));
  }

  private ServedQueue served(VirtQueue queue) {
    int index = queue.index();
    int control = link.has(NetFeatures.MQ) ? 2 * config.pairs() : CONTROL_OF_ONE_PAIR;
    if (index == control) {
      return new ControlQueue(queue, link, config.pairs());
    }
    if (index >= 2 * config.pairs()) {
      return () -> false;
    }
    if (index == 0) {
      link.tellPort();
    }
    int pair = index / 2;
    NetWaker waker = waker(worker(index));
    if ((index & 1) == 0) {
      boolean mergeable = link.has(NetFeatures.MRG_RXBUF);
      Throttle throttle = throttle(config.limiters().received(), waker);
      return new ReceiveQueue(
          queue, mergeable, port, waker, link, throttle, counters.received(pair));
    }
    String name = "%s queue %d".formatted(config.id(), index);
    Throttle throttle = throttle(config.limiters().sent(), waker);
    return new TransmitQueue(
        name, queue, port, waker, link, throttle, counters.sent(pair), nanoTime);
  }

  private Throttle throttle(RateLimiter limiter, NetWaker waker) {
    return new Throttle(limiter, nanoTime, timer, waker::wake);
  }

  @Override
  public void service(int worker) {
    boolean more = serve(queues.get(2 * worker + 1));
    more |= serve(queues.get(2 * worker));
    if (worker == 0) {
      more |= serve(queues.get(2 * config.pairs()));
    }
    VirtioTransport owner = transport;
    if (more && owner != null) {
      owner.wake(worker);
    }
  }

  private static boolean serve(@Nullable ServedQueue queue) {
    return queue != null && queue.service();
  }

  @Override
  public void stopQueue(int index) {
    ServedQueue queue = queues.getAndSet(index, null);
    if (queue != null) {
      queue.close();
    }
  }

  @Override
  public void reset() {
    restored = null;
    link.agree(0);
  }

  @Override
  public void quiesce() {
    forEach(ServedQueue::quiesce);
  }

  @Override
  public void resume() {
    forEach(ServedQueue::resume);
  }

  private void forEach(Consumer<ServedQueue> action) {
    for (int i = 0; i < queues.length(); i++) {
      ServedQueue queue = queues.get(i);
      if (queue != null) {
        action.accept(queue);
      }
    }
  }

  @Override
  public NetState save() {
    return new NetState(
        NetState.VERSION, link.up(), link.announcing(), link.pairs(), link.guestOffloads());
  }

  @Override
  public void restore(NetState state) {
    if (state.version() != NetState.VERSION) {
      throw new IllegalArgumentException(
          "%s: state of version %d".formatted(config.id(), state.version()));
    }
    if (state.pairs() < 1
        || state.pairs() > config.pairs()
        || (state.guestOffloads() & ~NetFeatures.GUEST_OFFLOADS) != 0
        || !NetFeatures.consistent(state.guestOffloads())) {
      throw new IllegalArgumentException(
          "%s: %d pairs, offloads 0x%x"
              .formatted(config.id(), state.pairs(), state.guestOffloads()));
    }
    restored = state;
    link.restore(state.linkUp());
  }

  @Override
  public boolean linkUp() {
    return link.up();
  }

  @Override
  public void link(boolean up) {
    if (up != link.up()) {
      link.link(up);
    }
  }

  @Override
  public void announce() {
    link.announce();
  }

  @Override
  public void cancel() {
    forEach(ServedQueue::cancel);
  }

  @Override
  public void close() {
    cancel();
    for (int i = 0; i < queues.length(); i++) {
      stopQueue(i);
    }
    port.close();
  }

  @Override
  public DeviceCounters counters() {
    return counters;
  }

  private NetWaker waker(int worker) {
    VirtioTransport owner = transport;
    if (owner == null) {
      throw new IllegalStateException("not attached");
    }
    return new NetWaker() {
      @Override
      public void wake() {
        owner.wake(worker);
      }

      @Override
      public void watch(int descriptor, String name) {
        owner.watch(worker, descriptor, name);
      }

      @Override
      public void unwatch(int descriptor) {
        owner.unwatch(worker, descriptor);
      }
    };
  }
}
