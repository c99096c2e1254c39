package dev.javisor.bench.network;

import dev.javisor.bench.Figure;
import dev.javisor.bench.Measurement;
import dev.javisor.bench.Result;
import dev.javisor.bench.Workbench;
import dev.javisor.config.NetChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * TCP connections between this host and Java code in the guest's place, one after the other,
 * through the whole user-mode network.
 */
public final class UserNetConnections implements Measurement {
  private static final int COUNT = 1000;
  private static final int WARM_UPS = 3;
  private static final int CLOSES = 1;

  @Override
  public String name() {
    return "user-net-connect";
  }

  @Override
  public String description() {
    return "user-mode network: TCP connections, one at a time, by Java code in the guest's place";
  }

  @Override
  public Result run(Workbench bench) throws IOException, InterruptedException {
    Figure socket = Figure.of("Loopback sockets");
    Figure user = Figure.of("Javisor's user-mode network, to the host");
    Figure connect = Figure.of("Javisor's vm.connect");
    Figure other = Figure.of("passt, to the host");
    List<Figure> figures = new ArrayList<>(List.of(socket, user, connect));
    NetworkUnderTest passt = null;
    try {
      passt = NetworkUnderTest.passt(bench.folder());
      figures.add(other);
    } catch (IOException e) {
      figures.add(other.withRemark("not measured: " + e.getMessage()));
    }
    try (NetworkUnderTest net = NetworkUnderTest.user(UserNetConnections::serve)) {
      for (int round = -WARM_UPS; round < bench.rounds(); round++) {
        double loopback = loopback();
        double byUser = byNetwork(net);
        double byChannel = byChannel(net);
        double byPasst = passt == null ? 0 : byNetwork(passt);
        if (round >= 0) {
          socket.samples().add(loopback);
          user.samples().add(byUser);
          connect.samples().add(byChannel);
          if (passt != null) {
            other.samples().add(byPasst);
          }
        }
      }
    } finally {
      if (passt != null) {
        passt.close();
      }
    }
    return new Result(description(), "a second", figures, List.of());
  }

  private static PeerGuest.@Nullable Handler serve(int port) {
    return port == CLOSES ? new PeerHandlers.Closing(true, () -> {}) : null;
  }

  private static double perSecond(long nanos) {
    return COUNT / (nanos / 1e9);
  }

  private static double loopback() throws IOException {
    try (HostSockets.Server server = new HostSockets.Server(HostSockets.closing(COUNT))) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(server.port()));
      for (int i = 0; i <= COUNT; i++) {
        try (SocketChannel channel = SocketChannel.open(address)) {
          HostSockets.awaitEnd(channel);
        }
      }
      return perSecond(server.nanos());
    }
  }

  /** Each connection begins when the one before it was closed by the host. */
  private static double byNetwork(NetworkUnderTest net) throws IOException {
    try (HostSockets.Server server = new HostSockets.Server(HostSockets.closing(COUNT))) {
      dial(net, Integer.parseInt(server.port()), COUNT + 1);
      return perSecond(server.nanos());
    }
  }

  private static void dial(NetworkUnderTest net, int port, int left) {
    if (left > 0) {
      net.peer.connect(
          net.host, port, new PeerHandlers.Closing(false, () -> dial(net, port, left - 1)));
    }
  }

  private static double byChannel(NetworkUnderTest net) throws IOException {
    long start = System.nanoTime();
    for (int i = 0; i < COUNT; i++) {
      try (NetChannel channel = net.javisor().connect(CLOSES, TimeUnit.SECONDS.toNanos(60))) {
        HostSockets.awaitEnd(channel);
      }
    }
    return perSecond(System.nanoTime() - start);
  }
}
