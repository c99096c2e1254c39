package dev.javisor.internal.vsock;

import dev.javisor.error.VsockException;
import dev.javisor.error.VsockException.Reason;
import dev.javisor.internal.bus.DeviceCounters;
import dev.javisor.internal.bus.Scheduler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one machine: host programs on one side, a device that moves packets on the
 * other. It outlasts the device, and the guest's reboots, with those who listen.
 *
 * <p>There are {@link #MOST_CONNECTIONS} at most, those included that are closed and of which the
 * guest has not been told yet. What they keep for others to take, and those that have ended and
 * were not read to the end, is {@link VsockBudget#TOTAL} bytes at most.
 *
 * <p>Threading: the host's methods on any thread; the device's ({@link #receive}, {@link #next}) on
 * its worker. The lock is never held while a connection's is taken.
 */
public final class VsockHub {
  /** The most connections of a machine. */
  public static final int MOST_CONNECTIONS = 1024;

  /** The port that stands for any: virtio has it from Linux's {@code VMADDR_PORT_ANY}. */
  public static final int ANY_PORT = -1;

  private static final Logger log = LoggerFactory.getLogger(VsockHub.class);

  /** The most refusals that wait for the guest; with so many it is not listened to. */
  private static final int MOST_STRAYS = 256;

  /** Where the ports begin that outgoing connections have, as in Cloud Hypervisor. */
  private static final int FIRST_PORT = 1 << 30;

  private final String id;
  private final long guestCid;
  private final VsockCounters counters;
  private final Object lock = new Object();
  private final Map<Ports, VsockConnection> connections = new HashMap<>();
  private final Map<Integer, VsockAcceptor> acceptors = new ConcurrentHashMap<>();
  private final ReadyList ready = new ReadyList();
  private final VsockBudget budget = new VsockBudget();
  private final BytePool pool = new BytePool();

  /** Under the lock. */
  private final Ports sought = new Ports(0, 0);

  /** The device's worker's own. */
  private final Queue<Ports> strays = new ArrayDeque<>();

  private volatile @Nullable VsockAcceptor fallback;
  private volatile @Nullable Runnable wake;
  private volatile @Nullable Scheduler timer;
  private String ended = "the machine has not been booted";
  private boolean running;
  private int nextPort = FIRST_PORT;

  /**
   * @param id the device's name
   * @param guestCid 3 to 2^32 - 2
   */
  public VsockHub(String id, long guestCid) {
    this.id = id;
    this.guestCid = guestCid;
    counters = new VsockCounters(id);
  }

  /** The device's name. */
  public String id() {
    return id;
  }

  /** The guest's address. */
  public long guestCid() {
    return guestCid;
  }

  /** What is counted. */
  public DeviceCounters counters() {
    return counters;
  }

  /**
   * Asks the guest for a connection. It is not open yet.
   *
   * @throws VsockException if there is no machine, or no more may be had
   */
  public VsockConnection connect(int guestPort) throws VsockException {
    VsockConnection made;
    synchronized (lock) {
      if (!running) {
        throw new VsockException(Reason.NOT_RUNNING, id + ": " + ended);
      }
      if (connections.size() >= MOST_CONNECTIONS) {
        throw new VsockException(
            Reason.TOO_MANY, "%s: there are %d connections".formatted(id, MOST_CONNECTIONS));
      }
      int window = budget.reserve(MOST_CONNECTIONS - connections.size() - 1);
      if (window == 0) {
        throw new VsockException(
            Reason.TOO_MANY,
            "%s: %d MiB wait in connections that have ended and were not closed"
                .formatted(id, VsockBudget.TOTAL >> 20));
      }
      Ports ports;
      do {
        ports = new Ports(nextPort, guestPort);
        nextPort = nextPort == Integer.MAX_VALUE ? FIRST_PORT : nextPort + 1;
      } while (connections.containsKey(ports));
      made =
          new VsockConnection(
              this, VsockStream.toGuest(guestCid, ports.host(), guestPort, window, pool), window);
      connections.put(ports, made);
    }
    counters.add(VsockCounters.CONNECTIONS, 1);
    ready(made);
    return made;
  }

  /**
   * Offers the guest a port.
   *
   * @return false if somebody has it
   */
  public boolean listen(int hostPort, VsockAcceptor acceptor) {
    return acceptors.putIfAbsent(hostPort, acceptor) == null;
  }

  /** Takes {@link #listen} back. */
  public void unlisten(int hostPort, VsockAcceptor acceptor) {
    acceptors.remove(hostPort, acceptor);
  }

  /** Takes what the guest asks for on ports where nobody listens. */
  public void listenElsewhere(@Nullable VsockAcceptor acceptor) {
    fallback = acceptor;
  }

  /**
   * The device is there.
   *
   * @param wakeDevice makes it ask for {@link #next}; never blocks
   * @param scheduler runs what is due later
   */
  public void attach(Runnable wakeDevice, Scheduler scheduler) {
    wake = wakeDevice;
    timer = scheduler;
    synchronized (lock) {
      running = true;
    }
  }

  /** Whether a packet of the guest's may be taken: not while it does not take its own. */
  public boolean takesPackets() {
    return strays.size() < MOST_STRAYS;
  }

  /**
   * A packet of the guest's.
   *
   * @param data what follows the header
   * @param available bytes that do follow it; those beyond the header's length mean nothing
   */
  public void receive(PacketHeader header, PacketData.Source data, long available) {
    if (header.sourceCid() != guestCid || header.targetCid() != PacketHeader.HOST_CID) {
      counters.add(VsockCounters.DROPPED, 1);
      return;
    }
    boolean sound = header.type() == PacketHeader.TYPE_STREAM && header.length() <= available;
    VsockConnection connection = find(header);
    if (connection != null && header.type() == PacketHeader.TYPE_STREAM) {
      if (sound) {
        boolean bytes = header.operation() == PacketHeader.RW;
        counters.add(VsockCounters.TX_BYTES, bytes ? header.length() : 0);
        connection.receive(header, data);
      } else {
        drop(header);
        connection.end(Reason.BROKEN, "a packet that is shorter than it says", false);
        remove(connection);
      }
    } else if (sound && header.operation() == PacketHeader.REQUEST) {
      offer(header);
    } else {
      drop(header);
    }
  }

  private @Nullable VsockConnection find(PacketHeader header) {
    synchronized (lock) {
      return connections.get(sought.at(header.targetPort(), header.sourcePort()));
    }
  }

  /** Counts a packet that belongs nowhere, and tells the guest: §5.10.6.4. */
  private void drop(PacketHeader header) {
    if (header.operation() != PacketHeader.RST) {
      counters.add(VsockCounters.DROPPED, 1);
      strays.add(new Ports(header.targetPort(), header.sourcePort()));
    }
  }

  private void offer(PacketHeader request) {
    VsockAcceptor acceptor = acceptors.getOrDefault(request.targetPort(), fallback);
    VsockConnection made = acceptor == null ? null : add(request);
    if (acceptor == null || made == null) {
      refuse(request);
      return;
    }
    boolean wanted = false;
    try {
      wanted = acceptor.offer(made);
    } catch (RuntimeException e) {
      // Somebody else's code, in part.
      log.error("{}: cannot hand over {}", id, made, e);
    }
    if (wanted) {
      counters.add(VsockCounters.CONNECTIONS, 1);
    } else {
      made.end(Reason.REFUSED, "nobody listens there", false);
      remove(made);
      refuse(request);
    }
  }

  /** Null if there is no room for one more. */
  private @Nullable VsockConnection add(PacketHeader request) {
    synchronized (lock) {
      if (!running || connections.size() >= MOST_CONNECTIONS) {
        return null;
      }
      int window = budget.reserve(MOST_CONNECTIONS - connections.size() - 1);
      if (window == 0) {
        return null;
      }
      VsockStream stream = VsockStream.fromGuest(guestCid, request, window, pool);
      VsockConnection made = new VsockConnection(this, stream, window);
      connections.put(new Ports(made.hostPort(), made.guestPort()), made);
      return made;
    }
  }

  private void refuse(PacketHeader request) {
    counters.add(VsockCounters.REFUSED, 1);
    strays.add(new Ports(request.targetPort(), request.sourcePort()));
  }

  /** Whether the guest should be given a packet. */
  public boolean hasNext() {
    return !strays.isEmpty() || !ready.isEmpty();
  }

  /**
   * Writes a packet for the guest; connections take turns.
   *
   * @param room bytes of data that it may have, at least 1
   * @return the bytes of its data, or -1 if there is no packet
   */
  public int next(PacketHeader header, PacketData.Target target, int room) {
    Ports stray = strays.poll();
    if (stray != null) {
      header.set(guestCid, stray.host(), stray.guest(), PacketHeader.RST);
      return 0;
    }
    VsockConnection connection;
    while ((connection = ready.poll()) != null) {
      int length = connection.next(header, target, room);
      if (length >= 0) {
        counters.add(VsockCounters.RX_BYTES, length);
        enqueue(connection);
        return length;
      }
    }
    return -1;
  }

  /** A connection may have something for the guest. */
  void ready(VsockConnection connection) {
    Runnable device = wake;
    if (enqueue(connection) && device != null) {
      device.run();
    }
  }

  private boolean enqueue(VsockConnection connection) {
    return connection.hasNext() && ready.add(connection);
  }

  /** A connection is over for both sides. */
  void remove(VsockConnection connection) {
    Ports ports = new Ports(connection.hostPort(), connection.guestPort());
    boolean there;
    synchronized (lock) {
      there = connections.remove(ports, connection);
    }
    if (there) {
      connection.removed();
    }
  }

  /** A connection that has ended keeps no bytes any more. */
  void free(int window) {
    budget.free(window);
  }

  /** Runs something later, if there is a device. */
  Scheduler.@Nullable Scheduled later(long nanos, Runnable task) {
    Scheduler scheduler = timer;
    return scheduler == null ? null : scheduler.schedule(nanos, task);
  }

  /**
   * The guest knows of no connection any more. Those that it was not told of yet go on. The worker
   * stands still.
   *
   * @param why for those who use them
   */
  public void guestReset(String why) {
    strays.clear();
    endAll(Reason.GUEST_RESET, why, true);
  }

  /** The device ends; nothing of it is called any more. Later calls do nothing. */
  public void end(String why) {
    synchronized (lock) {
      running = false;
      ended = why;
    }
    wake = null;
    timer = null;
    endAll(Reason.NOT_RUNNING, why, false);
    ready.clear();
  }

  private void endAll(Reason reason, String why, boolean sparing) {
    List<VsockConnection> all;
    synchronized (lock) {
      all = new ArrayList<>(connections.values());
    }
    for (VsockConnection connection : all) {
      if (connection.end(reason, why, sparing)) {
        remove(connection);
        ready.remove(connection);
      }
    }
  }
}
