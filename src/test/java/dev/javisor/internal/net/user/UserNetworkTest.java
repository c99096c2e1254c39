package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.NetFrame;
import dev.javisor.backend.NetGuest;
import dev.javisor.config.NetPolicy;
import dev.javisor.internal.net.ip.InternetChecksum;
import dev.javisor.internal.net.ip.IpAddress;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The thread of a user-mode network, and what is left when it ends. */
@Timeout(60)
class UserNetworkTest {
  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

  /** A guest that takes what comes. */
  private static final class Sink implements NetGuest {
    final AtomicInteger frames = new AtomicInteger();

    @Override
    public boolean deliver(ByteBuffer frame) {
      frames.incrementAndGet();
      return true;
    }

    @Override
    public boolean deliver(NetFrame frame) {
      throw new AssertionError("no frame comes from another guest");
    }

    @Override
    public int mtu() {
      return 1500;
    }
  }

  private UserNetwork network(UserSpec spec) {
    return new UserNetwork(
        spec,
        System::nanoTime,
        new SplittableRandom(1),
        task -> {
          Thread thread = new Thread(task, "a network's");
          thread.setDaemon(true);
          threads.add(thread);
          return thread;
        });
  }

  /** Descriptors of this process that are sockets, or what selectors are made of. */
  private static long descriptors() throws Exception {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(UserNetworkTest::isOfNetworks).count();
    }
  }

  private static boolean isOfNetworks(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith("socket:") || target.contains("event");
    } catch (IOException e) {
      // It was closed meanwhile.
      return false;
    }
  }

  private static void send(UserNetwork network, ByteBuffer frame, AtomicInteger completed) {
    network.transmit(new HeapFrame(frame.array(), completed::incrementAndGet));
  }

  private static void await(BooleanSupplier done) throws Exception {
    while (!done.getAsBoolean()) {
      Thread.sleep(1);
    }
  }

  @Test
  void shouldLeaveNothingBehind_whenItIsDetachedInTheMiddleOfTransfers() throws Exception {
    UserSpec.Service service =
        new UserSpec.Service("db", 5432, channel -> channel.read(ByteBuffer.allocate(9)));
    UserSpec spec =
        new UserSpec(
            new UserSpec.Subnet4(0x0a00_0200, 24),
            NetPolicy.all(),
            null,
            List.of(new UserSpec.Forward(0, 80)),
            List.of(service));
    try (ServerSocket server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
        DatagramSocket datagrams = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      long before = 0;
      for (int round = 0; round < 50; round++) {
        UserNetwork network = network(spec);
        Sink guest = new Sink();
        network.attach(guest);
        AtomicInteger completed = new AtomicInteger();
        IpAddress db = IpAddress.v4(0x0a00_0200 + Subnet.FIRST_PLAYED);
        for (int i = 0; i < 4; i++) {
          send(network, syn(1000 + i, GuestSide.GATEWAY, server.getLocalPort()), completed);
          send(network, syn(2000 + i, db, 5432), completed);
          byte[] datagram =
              GuestSide.udp(
                  GuestSide.OWN,
                  3000 + i,
                  GuestSide.GATEWAY,
                  datagrams.getLocalPort(),
                  new byte[9]);
          send(network, GuestSide.ipv4(GuestSide.OWN, GuestSide.GATEWAY, 17, datagram), completed);
        }
        // All connections are answered: the sockets and the service's threads are there.
        await(() -> guest.frames.get() >= 8);

        network.detach();

        assertEquals(12, completed.get());
        if (round == 1) {
          before = descriptors();
        }
      }

      for (Thread thread : threads) {
        thread.join();
      }
      assertTrue(threads.size() > 50, "threads " + threads.size());
      long after = descriptors();
      assertTrue(after <= before + 20, "%d descriptors, and %d".formatted(before, after));
    }
  }

  private static ByteBuffer syn(int port, IpAddress to, int toPort) {
    ByteBuffer syn = ByteBuffer.allocate(20);
    syn.putShort(0, (short) port).putShort(2, (short) toPort);
    syn.put(12, (byte) 0x50).put(13, (byte) 2).putShort(14, (short) 9999);
    int pseudo = InternetChecksum.pseudoHeader(GuestSide.OWN.v4Bits(), to.v4Bits(), 6, 20);
    int sum = InternetChecksum.add(pseudo, InternetChecksum.sum(syn));
    syn.putShort(16, (short) InternetChecksum.finish(sum));
    return GuestSide.ipv4(GuestSide.OWN, to, 6, syn.array());
  }

  @Test
  void shouldGiveFramesBack_whenThereIsNoGuestAnyMore() {
    UserNetwork network = network(new UserSpec(null, NetPolicy.none(), null));
    AtomicInteger completed = new AtomicInteger();
    network.attach(new Sink());
    assertThrows(IllegalStateException.class, () -> network.attach(new Sink()));
    network.detach();
    network.detach();

    send(network, GuestSide.ipv4(GuestSide.OWN, GuestSide.GATEWAY, 1, new byte[8]), completed);

    assertEquals(1, completed.get());
    assertThrows(IllegalStateException.class, () -> network.hostPort(80));
    assertThrows(IOException.class, () -> network.connect(80, 1));
    // The same network serves the next machine.
    network.attach(new Sink());
    network.detach();
  }

  @Test
  void shouldGiveItsPortsBack_whenThereIsNoThreadForIt() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    UserSpec spec =
        new UserSpec(
            null, NetPolicy.none(), null, List.of(new UserSpec.Forward(port, 80)), List.of());
    UserNetwork network =
        new UserNetwork(
            spec,
            System::nanoTime,
            new SplittableRandom(1),
            task -> {
              throw new OutOfMemoryError("unable to create native thread");
            });

    assertThrows(OutOfMemoryError.class, () -> network.attach(new Sink()));

    assertEquals("", Forwards.problem(port));
    assertThrows(IllegalStateException.class, () -> network.hostPort(80));
  }

  @Test
  void shouldKeepGuestsOfTwoNetworksApart() throws Exception {
    UserNetwork one = network(new UserSpec(null, NetPolicy.all(), null));
    UserNetwork other = network(new UserSpec(null, NetPolicy.all(), null));
    Sink first = new Sink();
    Sink second = new Sink();
    one.attach(first);
    other.attach(second);
    AtomicInteger completed = new AtomicInteger();

    // Also to all, and where the other guest is on its own network.
    send(one, GuestSide.ipv4(GuestSide.OWN, IpAddress.v4(-1), 17, new byte[60]), completed);
    send(one, GuestSide.ipv4(GuestSide.OWN, IpAddress.v4(0x0a00_0210), 1, new byte[60]), completed);
    await(() -> completed.get() == 2);
    one.detach();
    other.detach();

    assertEquals(0, second.frames.get());
  }
}
