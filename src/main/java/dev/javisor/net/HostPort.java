package dev.javisor.net;

import dev.javisor.backend.NetFrame;
import dev.javisor.backend.NetGuest;
import dev.javisor.internal.net.GuestPorts;
import dev.javisor.internal.net.user.NamedGuest;
import dev.javisor.internal.net.user.UserNetwork;
import dev.javisor.internal.net.user.UserSpec;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * This process on a switch's network: a cable between one of its ports and a user-mode network,
 * each of which takes the other for its guest.
 *
 * <p>Threading: any thread.
 */
final class HostPort implements AutoCloseable {
  private static final int MTU = 1500;

  /** Frames that the user-mode network has not looked at yet; others wait in the port. */
  private static final int MOST_FRAMES = 512;

  private final SwitchPort port;
  private final UserNetwork network;
  private final Set<String> taken;
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile boolean refused;

  private HostPort(SwitchPort port, UserNetwork network, Set<String> taken) {
    this.port = port;
    this.network = network;
    this.taken = taken;
  }

  /**
   * Plugs both ends in.
   *
   * @param portOf tells who is on a MAC address's port, or null
   */
  static HostPort open(
      UserSpec spec,
      SwitchPort port,
      LongFunction<@Nullable NamedGuest> portOf,
      ThreadFactory threads) {
    LongFunction<@Nullable NamedGuest> guestOf =
        mac -> mac == UserNetwork.HOST_MAC ? null : portOf.apply(mac);
    UserNetwork network =
        new UserNetwork(spec, guestOf, System::nanoTime, new SecureRandom(), threads);
    HostPort made =
        new HostPort(
            port,
            network,
            spec.services().stream()
                .map(service -> service.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet()));
    network.attach(made.new Guests());
    port.attach(made.new Host());
    return made;
  }

  /** Throws IllegalArgumentException if no guest can have this name beside these. */
  void checkName(String name, Set<String> others) {
    String problem = UserNetwork.guestNameProblem(name);
    if (others.stream().anyMatch(name::equalsIgnoreCase)) {
      problem = "a host has the same name in both cases of letters";
    } else if (taken.contains(name.toLowerCase(Locale.ROOT))) {
      problem = "Java code listens as a host of this name";
    }
    if (!problem.isEmpty()) {
      throw new IllegalArgumentException("port \"%s\": %s".formatted(name, problem));
    }
  }

  /** The ports of the guest that is called so. */
  GuestPorts guestPorts(String name) {
    return network.guestPorts(name);
  }

  @Override
  public void close() {
    port.detach();
    network.detach();
  }

  /** The guests, as the user-mode network sees them. */
  private final class Guests implements NetGuest {
    @Override
    public boolean deliver(ByteBuffer frame) {
      byte[] copy = new byte[frame.remaining()];
      frame.get(frame.position(), copy);
      port.transmit(new HeapFrame(copy, () -> {}));
      return true;
    }

    @Override
    public boolean deliver(NetFrame frame) {
      byte[] copy = new byte[frame.length()];
      frame.copyTo(0, copy, 0, copy.length);
      return deliver(ByteBuffer.wrap(copy));
    }

    @Override
    public int mtu() {
      return MTU;
    }
  }

  /** The user-mode network, as the switch sees it. */
  private final class Host implements NetGuest {
    @Override
    public boolean deliver(ByteBuffer frame) {
      if (!reserve()) {
        return false;
      }
      byte[] copy = new byte[frame.remaining()];
      frame.get(frame.position(), copy);
      network.transmit(new HeapFrame(copy, this::done));
      return true;
    }

    @Override
    public boolean deliver(NetFrame frame) {
      if (!reserve()) {
        return false;
      }
      byte[] copy = new byte[frame.length()];
      frame.copyTo(0, copy, 0, copy.length);
      network.transmit(new HeapFrame(copy, this::done));
      return true;
    }

    private boolean reserve() {
      if (tryReserve()) {
        return true;
      }
      refused = true;
      // A place that came before the note would be told to nobody.
      return tryReserve();
    }

    private boolean tryReserve() {
      return underWay.getAndUpdate(n -> Math.min(n + 1, MOST_FRAMES)) < MOST_FRAMES;
    }

    private void done() {
      if (underWay.decrementAndGet() <= MOST_FRAMES / 2 && refused) {
        refused = false;
        port.ready();
      }
    }

    @Override
    public int mtu() {
      return MTU;
    }
  }
}
