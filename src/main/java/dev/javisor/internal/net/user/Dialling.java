package dev.javisor.internal.net.user;

import dev.javisor.config.NetChannel;
import dev.javisor.error.NetworkException;
import dev.javisor.error.NetworkException.Reason;
import dev.javisor.internal.net.ip.IpAddress;
import dev.javisor.internal.net.tcp.TcpLimitException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Connects Java code to a guest, which has a name as in {@link Neighbours}. Threading: any thread
 * that may wait.
 */
final class Dialling {
  private static final long PAUSE_MILLIS = 50;

  private final Subnet subnet;
  private final Loop loop;
  private final UserParts parts;
  private final @Nullable String name;

  Dialling(Subnet subnet, Loop loop, UserParts parts, @Nullable String name) {
    this.subnet = subnet;
    this.loop = loop;
    this.parts = parts;
    this.name = name;
  }

  /** A connection, or null if the guest's address is not known. */
  private static final class Begun {
    @Nullable GuestStream stream;
  }

  NetChannel connect(int port, long nanos) throws IOException {
    long deadline = System.nanoTime() + nanos;
    while (true) {
      GuestStream stream = begin(port).stream;
      if (stream != null) {
        return open(stream, deadline - System.nanoTime());
      }
      if (System.nanoTime() - deadline > 0) {
        throw new NetworkException(
            Reason.NO_ADDRESS,
            "the guest has no address after %d ms: has it a DHCP client, and the driver virtio_net?"
                .formatted(TimeUnit.NANOSECONDS.toMillis(nanos)));
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ClosedByInterruptException();
      }
    }
  }

  private static NetChannel open(GuestStream stream, long nanos) throws IOException {
    boolean done = false;
    try {
      if (!stream.awaitOpen(nanos)) {
        throw new NetworkException(Reason.TIMED_OUT, "no answer in time: " + stream);
      }
      done = true;
      return stream;
    } finally {
      if (!done) {
        stream.close();
      }
    }
  }

  private Begun begin(int port) throws IOException {
    CompletableFuture<Begun> begun = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            begun.complete(start(port));
          } catch (TcpLimitException e) {
            begun.completeExceptionally(
                new NetworkException(Reason.TOO_MANY, String.valueOf(e.getMessage())));
          } catch (RuntimeException e) {
            begun.completeExceptionally(e);
          }
        });
    while (true) {
      try {
        return begun.get(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (loop.isClosed()) {
          throw new NetworkException(Reason.NOT_RUNNING, "the machine has ended");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ClosedByInterruptException();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof NetworkException known) {
          throw known;
        }
        throw new IllegalStateException(e.getCause());
      }
    }
  }

  /** In the network. */
  private Begun start(int port) {
    Begun begun = new Begun();
    IpAddress guest = parts.tcp().address(name).orElse(null);
    if (guest == null) {
      parts.tcp().expected(name).ifPresent(parts.arp()::ask);
      return begun;
    }
    GuestStream stream =
        new GuestStream(
            loop,
            new InetSocketAddress(guest.toInet(), port),
            new InetSocketAddress(subnet.gateway(guest.ipv6()).toInet(), 0));
    stream.attach(parts.tcp().connect(guest, port, stream));
    begun.stream = stream;
    return begun;
  }
}
