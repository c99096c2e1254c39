package dev.javisor.internal.virtio.net;

import dev.javisor.internal.net.NetPort;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.virtio.VirtioFeatures;
import dev.javisor.internal.virtio.VirtioTransport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the queues of a device have in common: the cable, and what device and driver agreed on.
 *
 * <p>Threading: any thread.
 */
final class NetLink {
  private static final Logger log = LoggerFactory.getLogger(NetLink.class);

  private final NicConfig config;
  private final NetPort port;
  private volatile @Nullable VirtioTransport transport;
  private volatile boolean up = true;
  private volatile boolean announce;
  private volatile long features;
  private volatile Offloads toHost = Offloads.NONE;
  private volatile Offloads toGuest = Offloads.NONE;
  private volatile long guestOffloads;
  private volatile int pairs = 1;

  NetLink(NicConfig config, NetPort port) {
    this.config = config;
    this.port = port;
  }

  void attach(VirtioTransport to) {
    transport = to;
  }

  /** A driver is ready, or, with 0, none is. */
  void agree(long negotiated) {
    features = negotiated;
    toHost = NetFeatures.toHost(negotiated);
    offloads(negotiated & NetFeatures.GUEST_OFFLOADS);
    pairs = 1;
    announce = false;
  }

  boolean has(long feature) {
    return VirtioFeatures.has(features, feature);
  }

  /** Tells the port what was agreed on; may take a moment. */
  void tellPort() {
    if (!port.accept(toGuest) || !port.usePairs(pairs)) {
      log.warn("{}: {} does not do what the driver wants", config.id(), port.description());
    }
  }

  boolean up() {
    return up;
  }

  /** Whether the driver is to announce itself, and has not said that it did. */
  boolean announcing() {
    return announce;
  }

  /** Takes over whether the cable is plugged in. */
  void restore(boolean linkUp) {
    up = linkUp;
    port.link(linkUp);
  }

  /** Goes on with what a driver had chosen after {@link #agree}. */
  void resume(NetState state) {
    announce = state.announce();
    pairs = state.pairs();
    offloads(state.guestOffloads() & features);
  }

  /** Plugs the cable in or out. */
  void link(boolean nowUp) {
    change(() -> up = nowUp);
    port.link(nowUp);
    VirtioTransport to = transport;
    if (to != null) {
      for (int i = 0; i < config.pairs(); i++) {
        to.wake(i);
      }
    }
  }

  /** Asks the driver to announce itself. */
  void announce() {
    if (has(NetFeatures.GUEST_ANNOUNCE)) {
      change(() -> announce = true);
    }
  }

  /** The driver did. */
  void announced() {
    announce = false;
  }

  private void change(Runnable step) {
    VirtioTransport to = transport;
    if (to == null) {
      step.run();
    } else {
      to.changeConfig(step);
    }
  }

  /** What the driver leaves to the device. */
  Offloads toHost() {
    return toHost;
  }

  /** What the driver takes over. */
  Offloads toGuest() {
    return toGuest;
  }

  /** As feature bits. */
  long guestOffloads() {
    return guestOffloads;
  }

  /** Takes over what the driver takes over, as feature bits. */
  void offloads(long bits) {
    guestOffloads = bits;
    toGuest = NetFeatures.toGuest(bits);
  }

  /** The pairs of queues that the driver uses. */
  int pairs() {
    return pairs;
  }

  void pairs(int count) {
    pairs = count;
  }

  /** The longest payload of a frame in bytes. */
  int mtu() {
    return config.mtu();
  }

  /** The longest frame that a driver gets, in bytes. */
  int longestReceived() {
    return toGuest.segmentation()
        ? FrameHeader.MOST_SEGMENTED
        : config.mtu() + FrameHeader.OVERHEAD;
  }

  /** The driver broke a rule on a thread that is no worker's. */
  void broken(String why) {
    VirtioTransport to = transport;
    if (to != null) {
      to.needsReset(why);
    }
  }

  /** The port says that there will be no frames any more. */
  void gone() {
    if (up) {
      log.warn("{}: {} is gone; the guest's link is down", config.id(), port.description());
      change(() -> up = false);
    }
  }
}
