package dev.javisor.bench.network;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;

/** The host's end of connections, the same for all networks. Times are in nanoseconds. */
public final class HostSockets {
  private static final int BLOCK = 64 << 10;

  private HostSockets() {}

  /** What the host does with connections. */
  public interface Talk {
    long nanos(ServerSocketChannel server) throws IOException;
  }

  /** Listens on all addresses, on a free port, and talks on a thread of its own. */
  public static final class Server implements AutoCloseable {
    private final ServerSocketChannel channel;
    private final CompletableFuture<Long> nanos = new CompletableFuture<>();

    public Server(Talk talk) throws IOException {
      channel = ServerSocketChannel.open();
      channel.bind(new InetSocketAddress(0), 128);
      Thread thread =
          new Thread(
              () -> {
                try {
                  nanos.complete(talk.nanos(channel));
                } catch (IOException | RuntimeException e) {
                  nanos.completeExceptionally(e);
                }
              },
              "bench host");
      thread.setDaemon(true);
      thread.start();
    }

    public String port() throws IOException {
      return Integer.toString(((InetSocketAddress) channel.getLocalAddress()).getPort());
    }

    public long nanos() {
      return nanos.join();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** One guest sends so many bytes. */
  public static Talk taking(long bytes) {
    return server -> {
      try (SocketChannel guest = server.accept()) {
        return take(guest, bytes);
      }
    };
  }

  /** One guest is sent so many bytes, until it has them. */
  public static Talk giving(long bytes) {
    return server -> {
      try (SocketChannel guest = server.accept()) {
        long start = System.nanoTime();
        give(guest, bytes);
        guest.shutdownOutput();
        awaitEnd(guest);
        return System.nanoTime() - start;
      }
    };
  }

  /** Connections that come one after the other, and are closed; the time is from first to last. */
  public static Talk closing(int count) {
    return server -> {
      server.accept().close();
      long start = System.nanoTime();
      for (int i = 0; i < count; i++) {
        server.accept().close();
      }
      return System.nanoTime() - start;
    };
  }

  public static long take(ByteChannel from, long bytes) throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    long start = System.nanoTime();
    long taken = 0;
    int done;
    while ((done = from.read(block.clear())) >= 0) {
      taken += done;
    }
    if (taken != bytes) {
      throw new IOException("%d bytes arrived of %d".formatted(taken, bytes));
    }
    return System.nanoTime() - start;
  }

  public static void give(ByteChannel to, long bytes) throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    for (long left = bytes; left > 0; left -= block.limit()) {
      block.clear().limit((int) Math.min(BLOCK, left));
      while (block.hasRemaining()) {
        to.write(block);
      }
    }
  }

  /** Waits until the other side has closed. */
  public static void awaitEnd(ByteChannel from) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    if (from.read(one) >= 0) {
      throw new IOException("a byte that nobody sent");
    }
  }
}
