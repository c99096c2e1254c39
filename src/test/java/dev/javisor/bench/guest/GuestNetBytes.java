package dev.javisor.bench.guest;

import dev.javisor.bench.Figure;
import dev.javisor.bench.Measurement;
import dev.javisor.bench.Result;
import dev.javisor.bench.Workbench;
import dev.javisor.bench.network.HostSockets;
import dev.javisor.config.NetChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Bytes over one TCP connection between a guest and this host, by all the networks that there are.
 *
 * @param sends whether the guest sends, or receives
 */
public record GuestNetBytes(boolean sends) implements Measurement {
  private static final long BYTES = 48L << 20;
  private static final int WARM_UPS = 2;

  @Override
  public String name() {
    return sends ? "guest-net-send" : "guest-net-receive";
  }

  @Override
  public String description() {
    return "Linux guest: bytes %s the host by TCP".formatted(sends ? "to" : "from");
  }

  @Override
  public Result run(Workbench bench) throws IOException, InterruptedException {
    Optional<Result> unavailable = LinuxGuest.unavailable(name(), description(), "MB/s");
    if (unavailable.isPresent()) {
      return unavailable.get();
    }
    List<Figure> figures = new ArrayList<>();
    try (NetContestants net = NetContestants.boot(bench, BYTES)) {
      net.networks().forEach(network -> figures.add(Figure.of(network.name())));
      Figure connect = Figure.of("Javisor's vm.connect");
      for (int round = -WARM_UPS; round < bench.rounds(); round++) {
        for (int i = 0; i < net.networks().size(); i++) {
          double speed = byNetwork(net, net.networks().get(i));
          if (round >= 0) {
            figures.get(i).samples().add(speed);
          }
        }
        double speed = byChannel(net);
        if (round >= 0) {
          connect.samples().add(speed);
        }
      }
      figures.add(2, connect);
      if (!net.whyNoPasst.isEmpty()) {
        figures.add(Figure.of("passt").withRemark(net.whyNoPasst));
      }
    }
    return new Result(description(), "MB/s", figures, List.of());
  }

  private static double speed(long nanos) {
    return BYTES / 1e6 / (nanos / 1e9);
  }

  private double byNetwork(NetContestants net, NetContestants.Network network)
      throws IOException, InterruptedException {
    HostSockets.Talk talk = sends ? HostSockets.taking(BYTES) : HostSockets.giving(BYTES);
    try (HostSockets.Server server = new HostSockets.Server(talk)) {
      if (sends) {
        net.guest.run("send", network.host(), server.port(), Long.toString(BYTES));
      } else {
        net.guest.run("receive", network.host(), server.port());
      }
      return speed(server.nanos());
    }
  }

  private double byChannel(NetContestants net) throws IOException {
    int port = sends ? NetContestants.SOURCE : NetContestants.SINK;
    try (NetChannel channel = net.vm.connect(port, Duration.ofMinutes(1))) {
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
