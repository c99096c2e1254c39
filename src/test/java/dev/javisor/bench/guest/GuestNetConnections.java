package dev.javisor.bench.guest;

import dev.javisor.bench.Figure;
import dev.javisor.bench.Measurement;
import dev.javisor.bench.Result;
import dev.javisor.bench.Workbench;
import dev.javisor.bench.network.HostSockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * TCP connections between a guest and this host, one after the other: made, and closed by who was
 * called.
 *
 * @param calls whether the guest calls, or is called
 */
public record GuestNetConnections(boolean calls) implements Measurement {
  private static final int COUNT = 200;
  private static final int WARM_UPS = 2;

  @Override
  public String name() {
    return calls ? "guest-net-call" : "guest-net-called";
  }

  @Override
  public String description() {
    return calls
        ? "Linux guest: TCP connections to the host, one at a time"
        : "Linux guest: TCP connections from the host, one at a time";
  }

  /** A way of making many connections, which tells how long it took. */
  private interface Way {
    long nanos() throws IOException, InterruptedException;
  }

  /** What makes one connection. */
  private interface Dialler {
    ByteChannel dial() throws IOException;
  }

  @Override
  public Result run(Workbench bench) throws IOException, InterruptedException {
    Optional<Result> unavailable = LinuxGuest.unavailable(name(), description(), "a second");
    if (unavailable.isPresent()) {
      return unavailable.get();
    }
    List<Figure> figures = new ArrayList<>();
    try (NetContestants net = NetContestants.boot(bench, 1)) {
      List<Way> ways = calls ? calling(net, figures) : called(net, figures);
      for (int round = -WARM_UPS; round < bench.rounds(); round++) {
        for (int i = 0; i < ways.size(); i++) {
          double perSecond = COUNT / (ways.get(i).nanos() / 1e9);
          if (round >= 0) {
            figures.get(i).samples().add(perSecond);
          }
        }
      }
      if (calls && !net.whyNoPasst.isEmpty()) {
        figures.add(Figure.of("passt").withRemark(net.whyNoPasst));
      }
    }
    return new Result(description(), "a second", figures, List.of());
  }

  private static List<Way> calling(NetContestants net, List<Figure> figures) {
    List<Way> ways = new ArrayList<>();
    for (NetContestants.Network network : net.networks()) {
      figures.add(Figure.of(network.name()));
      ways.add(
          () -> {
            try (HostSockets.Server server = new HostSockets.Server(HostSockets.closing(COUNT))) {
              net.guest.run("connect", network.host(), server.port(), "" + (COUNT + 1));
              return server.nanos();
            }
          });
    }
    return ways;
  }

  private static List<Way> called(NetContestants net, List<Figure> figures) {
    int port = NetContestants.CLOSE;
    figures.add(Figure.of("TAP"));
    figures.add(Figure.of("Javisor's forwarded port"));
    figures.add(Figure.of("Javisor's vm.connect"));
    InetSocketAddress tap = new InetSocketAddress(net.tapGuest(), port);
    InetSocketAddress forwarded = new InetSocketAddress("127.0.0.1", net.vm.port(port));
    return List.of(
        () -> dial(() -> SocketChannel.open(tap)),
        () -> dial(() -> SocketChannel.open(forwarded)),
        () -> dial(() -> net.vm.connect(port, Duration.ofMinutes(1))));
  }

  private static long dial(Dialler dialler) throws IOException {
    long start = System.nanoTime();
    for (int i = 0; i < COUNT; i++) {
      try (ByteChannel channel = dialler.dial()) {
        HostSockets.awaitEnd(channel);
      }
    }
    return System.nanoTime() - start;
  }
}
