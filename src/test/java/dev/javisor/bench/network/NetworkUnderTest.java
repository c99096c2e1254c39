package dev.javisor.bench.network;

import dev.javisor.backend.NetBackend;
import dev.javisor.config.NetPolicy;
import dev.javisor.internal.net.user.UserNetwork;
import dev.javisor.internal.net.user.UserSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** A network, and a peer in the guest's place, which has connected to nobody yet. */
final class NetworkUnderTest implements AutoCloseable {
  private static final int USER = 0x0ae0_0000;
  private static final int USER_MTU = 1500;
  private static final int PASST = 0x0ade_0000;

  final NetBackend network;
  final PeerGuest peer;

  /** The address by which the peer reaches this machine's loopback. */
  final int host;

  private final AtomicReference<Thread> thread;

  private NetworkUnderTest(
      NetBackend network, PeerGuest peer, int host, AtomicReference<Thread> thread) {
    this.network = network;
    this.peer = peer;
    this.host = host;
    this.thread = thread;
  }

  /** The user-mode network of this JVM. */
  static NetworkUnderTest user(IntFunction<PeerGuest.@Nullable Handler> services) {
    AtomicReference<Thread> thread = new AtomicReference<>();
    UserNetwork network =
        new UserNetwork(
            new UserSpec(new UserSpec.Subnet4(USER, 24), NetPolicy.all(), null),
            System::nanoTime,
            new SplittableRandom(1),
            body -> {
              Thread made = new Thread(body, "bench network");
              made.setDaemon(true);
              thread.compareAndSet(null, made);
              return made;
            });
    PeerGuest peer = new PeerGuest(network, USER_MTU, USER + 15, services);
    return new NetworkUnderTest(network, peer, USER + 2, thread);
  }

  /**
   * passt's.
   *
   * @throws IOException if it is not installed, or does not run here
   */
  static NetworkUnderTest passt(Path folder) throws IOException, InterruptedException {
    PasstCable cable = PasstCable.start(folder);
    PeerGuest peer = new PeerGuest(cable, PasstCable.MTU, PASST + 15, port -> null);
    return new NetworkUnderTest(cable, peer, PASST + 1, new AtomicReference<>());
  }

  /** The user-mode network itself. */
  UserNetwork javisor() {
    return (UserNetwork) network;
  }

  /** CPU time of the user-mode network's thread so far, in nanoseconds. */
  long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.get().getId());
  }

  @Override
  public void close() throws InterruptedException {
    peer.close();
    network.close();
  }
}
