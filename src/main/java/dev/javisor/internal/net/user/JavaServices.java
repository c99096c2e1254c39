package dev.javisor.internal.net.user;

import dev.javisor.config.NetHandler;
import dev.javisor.internal.net.ip.IpAddress;
import dev.javisor.internal.net.tcp.TcpAddresses;
import dev.javisor.internal.net.tcp.TcpConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hosts of a guest's network that Java code plays: each connection of the guest gets a thread. No
 * more than {@value #MOST} are served at once, which guests share; more are refused. Threading: the
 * network's.
 */
final class JavaServices implements TcpSide.Services {
  static final int MOST = 256;

  private static final Logger log = LoggerFactory.getLogger(JavaServices.class);

  private record Place(IpAddress host, int port) {}

  private final Loop loop;
  private final ThreadFactory threads;
  private final Map<Place, UserSpec.Service> services = new HashMap<>();
  private final FairShare places = new FairShare(MOST);
  private boolean complained;

  JavaServices(UserSpec spec, Subnet subnet, Names names, Loop loop, ThreadFactory threads) {
    this.loop = loop;
    this.threads = threads;
    for (UserSpec.Service service : spec.services()) {
      for (IpAddress host : names.addresses(service.name()).orElse(List.of())) {
        services.put(new Place(host, service.port()), service);
      }
    }
  }

  @Override
  public boolean offer(
      TcpConnection connection, @Nullable String guestName, IpAddress host, int port) {
    UserSpec.Service service = services.get(new Place(host, port));
    if (service == null || !places.take(guestName)) {
      return false;
    }
    TcpAddresses ends = connection.addresses();
    IpAddress guest = new IpAddress(ends.ipv6(), ends.remoteHigh(), ends.remoteLow());
    GuestStream stream =
        new GuestStream(
            loop,
            new InetSocketAddress(guest.toInet(), ends.remotePort()),
            new InetSocketAddress(host.toInet(), port));
    try {
      threads.newThread(() -> serve(service, guestName, stream)).start();
    } catch (RuntimeException | OutOfMemoryError e) {
      // This host has no more threads: one connection of a guest's is not to end its network.
      places.give(guestName);
      if (!complained) {
        complained = true;
        log.warn(
            "{}: no thread for a guest's connection; it is refused, as others are", service, e);
      }
      return false;
    }
    stream.attach(connection);
    connection.accept(stream);
    return true;
  }

  private void serve(UserSpec.Service service, @Nullable String guestName, GuestStream stream) {
    NetHandler handler = service.handler();
    try (stream) {
      handler.handle(stream);
    } catch (IOException e) {
      log.debug("{}: its handler has failed", service, e);
    } catch (RuntimeException e) {
      log.error("{}: its handler has failed", service, e);
    } finally {
      places.give(guestName);
    }
  }
}
