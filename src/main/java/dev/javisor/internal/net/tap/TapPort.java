package dev.javisor.internal.net.tap;

import dev.javisor.internal.net.FrameSink;
import dev.javisor.internal.net.NetPort;
import dev.javisor.internal.net.NetReceiver;
import dev.javisor.internal.net.NetSender;
import dev.javisor.internal.net.NetWaker;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.TapDevice;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TAP interface. Frames go between guest RAM and the kernel without a copy in between.
 *
 * <p>Threading: as {@link NetPort}.
 */
public final class TapPort implements NetPort {
  private static final Logger log = LoggerFactory.getLogger(TapPort.class);

  private final String name;
  private final String description;
  private final int mtu;
  private final Offloads offloads;
  private final List<TapQueue> queues;
  private final HostSide host;

  /** What the host's side is, for those who ask. */
  public record HostSide(String tap, boolean made, java.util.Optional<HostAddress> address) {}

  TapPort(HostSide host, int mtu, Offloads offloads, List<TapDevice> devices) {
    this.host = host;
    name = host.tap();
    this.mtu = mtu;
    this.offloads = offloads;
    queues = devices.stream().map(TapQueue::new).toList();
    description =
        "TAP %s, %s%s%s, MTU %d"
            .formatted(
                name,
                host.made() ? "made" : "there before",
                host.address().map(a -> ", host " + a).orElse(""),
                devices.size() > 1 ? ", %d queues".formatted(devices.size()) : "",
                mtu);
    usePairs(1);
    accept(Offloads.NONE);
  }

  /** The host's side of it. */
  public HostSide host() {
    return host;
  }

  @Override
  public String description() {
    return description;
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
    return queues.size();
  }

  @Override
  public NetSender sender(int pair, NetWaker waker) {
    return new TapSender(queues.get(pair).device());
  }

  @Override
  public NetReceiver receiver(int pair, FrameSink sink, NetWaker waker) {
    return new TapReceiver(queues.get(pair), waker);
  }

  @Override
  public boolean accept(Offloads wanted) {
    int bits =
        (wanted.checksum() ? TapDevice.OFFLOAD_CSUM : 0)
            | (wanted.tso4() ? TapDevice.OFFLOAD_TSO4 : 0)
            | (wanted.tso6() ? TapDevice.OFFLOAD_TSO6 : 0)
            | (wanted.ecn() ? TapDevice.OFFLOAD_TSO_ECN : 0)
            | (wanted.ufo() ? TapDevice.OFFLOAD_UFO : 0);
    long result = queues.get(0).device().offload(bits);
    if (result < 0) {
      log.warn("{}: TUNSETOFFLOAD 0x{}: {}", name, Integer.toHexString(bits), error(result));
    }
    return result >= 0;
  }

  @Override
  public synchronized boolean usePairs(int count) {
    boolean done = true;
    for (int i = 1; i < queues.size(); i++) {
      done &= queues.get(i).enable(i < count);
    }
    return done;
  }

  @Override
  public void link(boolean up) {
    long result = queues.get(0).device().carrier(up);
    if (result < 0) {
      log.debug("{}: the host does not see the link go: {}", name, error(result));
    }
  }

  @Override
  public void close() {
    queues.forEach(queue -> queue.device().close());
  }

  private static String error(long result) {
    return Errno.name((int) -result);
  }
}
