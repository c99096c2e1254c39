package dev.javisor.bench.network;

import dev.javisor.bench.Figure;
import dev.javisor.bench.Goal;
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
 * Bytes between this host and Java code in the guest's place, in segments of up to 64 KiB, through
 * the whole user-mode network: frames, TCP, sockets.
 *
 * @param sends whether the guest's place sends, or receives
 */
public record UserNetBytes(boolean sends) implements Measurement {
  private static final long BYTES = 512L << 20;
  private static final int WARM_UPS = 3;
  private static final int SOURCE = 1;
  private static final int SINK = 2;

  /** 10 Gbit/s in MB/s. */
  private static final double AIM = 1250;

  @Override
  public String name() {
    return sends ? "user-net-send" : "user-net-receive";
  }

  @Override
  public String description() {
    return "user-mode network: bytes %s the host, by Java code in the guest's place"
        .formatted(sends ? "to" : "from");
  }

  @Override
  public Result run(Workbench bench) throws IOException, InterruptedException {
    Figure socket = Figure.of("Loopback socket between two threads");
    Figure user = Figure.of("Javisor's user-mode network");
    Figure core = Figure.of("Javisor's user-mode network, a second of its thread's CPU time");
    Figure connect = Figure.of("Javisor's vm.connect");
    Figure other = Figure.of("passt");
    List<Figure> figures = new ArrayList<>(List.of(socket, user, core, connect));
    NetworkUnderTest passt = passt(bench, other, figures);
    try (NetworkUnderTest net = NetworkUnderTest.user(this::serve)) {
      for (int round = -WARM_UPS; round < bench.rounds(); round++) {
        double loopback = loopback();
        long cpu = net.cpuNanos();
        double byUser = byNetwork(net);
        double perCore = speed(net.cpuNanos() - cpu);
        double byChannel = byChannel(net);
        double byPasst = passt == null ? 0 : byNetwork(passt);
        if (round >= 0) {
          socket.samples().add(loopback);
          user.samples().add(byUser);
          core.samples().add(perCore);
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
    Goal goal = new Goal("10 Gbit/s a core at 64 KiB", core.samples().median() >= AIM);
    return new Result(description(), "MB/s", figures, List.of(goal));
  }

  private static @Nullable NetworkUnderTest passt(
      Workbench bench, Figure figure, List<Figure> figures) throws InterruptedException {
    try {
      NetworkUnderTest passt = NetworkUnderTest.passt(bench.folder());
      figures.add(figure);
      return passt;
    } catch (IOException e) {
      figures.add(figure.withRemark("not measured: " + e.getMessage()));
      return null;
    }
  }

  private PeerGuest.@Nullable Handler serve(int port) {
    return switch (port) {
      case SOURCE -> new PeerHandlers.Source(BYTES);
      case SINK -> new PeerHandlers.Sink();
      default -> null;
    };
  }

  private static double speed(long nanos) {
    return BYTES / 1e6 / (nanos / 1e9);
  }

  private HostSockets.Talk talk() {
    return sends ? HostSockets.taking(BYTES) : HostSockets.giving(BYTES);
  }

  private double loopback() throws IOException {
    try (HostSockets.Server server = new HostSockets.Server(talk());
        SocketChannel channel =
            SocketChannel.open(
                new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), Integer.parseInt(server.port())))) {
      if (sends) {
        HostSockets.give(channel, BYTES);
        channel.shutdownOutput();
      } else {
        HostSockets.take(channel, BYTES);
        channel.shutdownOutput();
      }
      return speed(server.nanos());
    }
  }

  private double byNetwork(NetworkUnderTest net) throws IOException {
    try (HostSockets.Server server = new HostSockets.Server(talk())) {
      net.peer.connect(
          net.host,
          Integer.parseInt(server.port()),
          sends ? new PeerHandlers.Source(BYTES) : new PeerHandlers.Sink());
      return speed(server.nanos());
    }
  }

  private double byChannel(NetworkUnderTest net) throws IOException {
    try (NetChannel channel =
        net.javisor().connect(sends ? SOURCE : SINK, TimeUnit.SECONDS.toNanos(60))) {
      if (sends) {
        return speed(HostSockets.take(channel, BYTES));
      }
      long start = System.nanoTime();
      HostSockets.give(channel, BYTES);
      channel.shutdownOutput();
      HostSockets.awaitEnd(channel);
      return speed(System.nanoTime() - start);
    }
  }
}
