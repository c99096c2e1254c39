package dev.javisor.internal.net.user;

import dev.javisor.backend.NetFrame;
import dev.javisor.backend.NetGuest;
import dev.javisor.config.NetChannel;
import dev.javisor.error.NetworkException;
import dev.javisor.internal.net.GuestPorts;
import dev.javisor.internal.net.OffloadingBackend;
import dev.javisor.internal.net.Offloads;
import java.io.IOException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A guest's network that is played in this process. All of it is driven by one thread, which starts
 * when the guest is attached; frames that guests send are read where they lie, on that thread.
 *
 * <p>Threading: any thread; see {@link dev.javisor.backend.NetBackend}.
 *
 * <p>Not modelled: fragments, multicast, ICMP but pings and what cannot be reached, datagrams that
 * are longer than the MTU.
 */
public final class UserNetwork implements OffloadingBackend, GuestPorts {
  /** The MAC address of all that this process plays on the network. */
  public static final long HOST_MAC = Subnet.HOST_MAC;

  private static final Logger log = LoggerFactory.getLogger(UserNetwork.class);

  /** Frames that are read before others have their turn. */
  private static final int BATCH = 256;

  private static final long LONGEST_WAIT = 10_000_000_000L;
  private static final long PATIENCE_MILLIS = 2000;
  private static final Offloads OFFLOADS = new Offloads(true, true, true, true, false);

  private final UserSpec spec;
  private final Subnet subnet;
  private final @Nullable LongFunction<@Nullable NamedGuest> guests;
  private final LongSupplier nanos;
  private final RandomGenerator random;
  private final ThreadFactory threads;
  private final Queue<NetFrame> arrived = new ConcurrentLinkedQueue<>();
  private final Counters counters = new Counters();
  private volatile @Nullable Running running;
  private boolean complained;

  /** What there is while a guest is attached. */
  private record Running(Loop loop, FrameOut out, UserParts parts, Thread thread) {}

  /**
   * @param nanos a clock, as {@link System#nanoTime}
   * @param random for what nobody is to guess
   * @param threads makes daemon threads
   */
  public UserNetwork(
      UserSpec spec, LongSupplier nanos, RandomGenerator random, ThreadFactory threads) {
    this(spec, null, nanos, random, threads);
  }

  /**
   * One that guests share.
   *
   * @param guests who has a MAC address, and null if that is not known; called on this network's
   *     thread; null for a network of one guest
   */
  public UserNetwork(
      UserSpec spec,
      @Nullable LongFunction<@Nullable NamedGuest> guests,
      LongSupplier nanos,
      RandomGenerator random,
      ThreadFactory threads) {
    this.spec = spec;
    this.guests = guests;
    this.nanos = nanos;
    this.random = random;
    this.threads = threads;
    subnet = FreeSubnet.resolve(spec.subnet());
  }

  @Override
  public String description() {
    return "user-mode network, gateway %s, policy %s".formatted(hostAddress(), spec.policy());
  }

  /** The gateway's address, and the length of the network's prefix. */
  public String hostAddress() {
    return subnet.gateway(false) + "/" + subnet.prefix();
  }

  @Override
  public Offloads offloads() {
    return OFFLOADS;
  }

  @Override
  public Map<String, Long> counters() {
    return counters.byName();
  }

  @Override
  public synchronized void attach(NetGuest guest) {
    if (running != null) {
      throw new IllegalStateException("this network has a guest");
    }
    Loop loop;
    try {
      loop = new Loop();
    } catch (IOException e) {
      throw new IllegalStateException("no sockets can be waited for: " + e.getMessage(), e);
    }
    FrameOut out = new FrameOut(counters);
    out.attach(guest);
    UserParts parts;
    try {
      parts =
          new UserParts(
              spec,
              subnet,
              guests,
              loop,
              out,
              counters,
              nanos,
              random,
              threads,
              EchoSocket::ofHost);
    } catch (RuntimeException e) {
      loop.close();
      throw e;
    }
    try {
      Thread thread = threads.newThread(() -> run(loop, out, parts));
      running = new Running(loop, out, parts, thread);
      thread.start();
    } catch (RuntimeException | OutOfMemoryError e) {
      // This host has no more threads: its ports and sockets must not stay behind.
      running = null;
      parts.close();
      loop.close();
      throw e;
    }
  }

  /** What keeps a guest of several from being called so; empty if nothing. */
  public static String guestNameProblem(String name) {
    return Names.isFree(name)
        ? ""
        : "expected 1 to 63 letters, digits and hyphens, and neither host nor dns";
  }

  /** What keeps a port of this host from being forwarded, and what helps; empty if nothing. */
  public static String problem(UserSpec.Forward forward) {
    return Forwards.problem(forward.hostPort());
  }

  /** The ports of one of the guests that share the network. */
  public GuestPorts guestPorts(String name) {
    return new GuestPorts() {
      @Override
      public int hostPort(int guestPort) {
        return UserNetwork.this.hostPort(name, guestPort);
      }

      @Override
      public NetChannel connect(int port, long nanosToWait) throws IOException {
        return UserNetwork.this.connect(name, port, nanosToWait);
      }
    };
  }

  @Override
  public int hostPort(int guestPort) {
    return hostPort(null, guestPort);
  }

  private int hostPort(@Nullable String name, int guestPort) {
    Running now = running;
    if (now == null) {
      throw new IllegalStateException("the machine does not run: it has no ports");
    }
    Forwards forwards = now.parts.forwards();
    synchronized (forwards) {
      Forwards.Target target = new Forwards.Target(name, guestPort);
      if (forwards.hostPort(target) == 0) {
        forwards.open(0, target, now.loop, now.parts.forwardQueue());
      }
      return forwards.hostPort(target);
    }
  }

  @Override
  public NetChannel connect(int port, long nanosToWait) throws IOException {
    return connect(null, port, nanosToWait);
  }

  private NetChannel connect(@Nullable String name, int port, long nanosToWait) throws IOException {
    Running now = running;
    if (now == null) {
      throw new NetworkException(
          NetworkException.Reason.NOT_RUNNING, "the machine does not run: nobody is connected to");
    }
    return new Dialling(subnet, now.loop, now.parts, name).connect(port, nanosToWait);
  }

  private void run(Loop loop, FrameOut out, UserParts parts) {
    try {
      while (!loop.isClosed()) {
        turn(loop, out, parts);
      }
    } catch (IOException | RuntimeException | Error e) {
      log.error("the guest's network has failed; nothing reaches the guest any more", e);
    } finally {
      parts.close();
      loop.close();
      drop();
    }
  }

  private void turn(Loop loop, FrameOut out, UserParts parts) throws IOException {
    boolean more = takeFrames(parts);
    more |= !loop.runTasks();
    out.flush();
    parts.flush();
    long wait = more ? 0 : Math.min(LONGEST_WAIT, parts.nextDeadline() - nanos.getAsLong());
    loop.await(wait, arrived::isEmpty);
    parts.tick();
    parts.flush();
  }

  private boolean takeFrames(UserParts parts) {
    for (int i = 0; i < BATCH; i++) {
      NetFrame frame = arrived.poll();
      if (frame == null) {
        return false;
      }
      try {
        parts.stack().receive(frame);
      } catch (RuntimeException e) {
        // Once: a guest that has found such a frame may send many.
        if (complained) {
          log.debug("a frame of the guest's was not understood", e);
        } else {
          complained = true;
          log.error("a frame of the guest's was not understood; later ones are not logged", e);
        }
      } finally {
        frame.complete();
      }
    }
    return true;
  }

  @Override
  public void transmit(NetFrame frame) {
    Running now = running;
    if (now == null || now.loop.isClosed()) {
      frame.complete();
      return;
    }
    arrived.add(frame);
    now.loop.wake();
  }

  @Override
  public void ready() {
    Running now = running;
    if (now != null) {
      now.loop.execute(() -> {});
    }
  }

  @Override
  public void cancel() {
    drop();
  }

  private void drop() {
    NetFrame frame;
    while ((frame = arrived.poll()) != null) {
      frame.complete();
    }
  }

  @Override
  public synchronized void detach() {
    Running now = running;
    if (now == null) {
      return;
    }
    running = null;
    now.out.attach(null);
    now.loop.stop();
    try {
      now.thread.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    drop();
    log.debug("{}: {}", description(), counters);
  }
}
