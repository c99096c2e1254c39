package dev.javisor.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;

/**
 * The host's end of a TCP connection that a guest makes: sends bytes, or takes some. However slow
 * the machine, the connection is good as long as bytes move.
 */
final class HostPeer implements AutoCloseable {
  private static final int PIECE = 1 << 16;
  private static final int PATIENCE_MILLIS = 120_000;

  private final ServerSocket server;
  private final AtomicLong moved = new AtomicLong();
  private final CompletableFuture<Long> checksum = new CompletableFuture<>();

  private interface Talk {
    void with(Socket guest, CRC32 sum) throws IOException;
  }

  private HostPeer(String address) throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getByName(address));
    server.setSoTimeout(PATIENCE_MILLIS);
  }

  private void start(Talk talk) {
    Thread thread = new Thread(() -> serve(talk), "host peer");
    thread.setDaemon(true);
    thread.start();
  }

  /** Sends that many bytes to whoever connects, the same ones each time. */
  static HostPeer sender(String address, int bytes) throws IOException {
    HostPeer peer = new HostPeer(address);
    peer.start((guest, sum) -> peer.send(guest.getOutputStream(), bytes, sum));
    return peer;
  }

  private void send(OutputStream out, int bytes, CRC32 sum) throws IOException {
    byte[] piece = new byte[PIECE];
    new Random(bytes).nextBytes(piece);
    for (int left = bytes; left > 0; left -= PIECE) {
      // No two pieces are alike.
      ByteBuffer.wrap(piece).putInt(left);
      int length = Math.min(left, PIECE);
      sum.update(piece, 0, length);
      out.write(piece, 0, length);
      moved.addAndGet(length);
    }
  }

  /** Takes whatever a guest sends until it closes the connection. */
  static HostPeer receiver(String address) throws IOException {
    HostPeer peer = new HostPeer(address);
    peer.start((guest, sum) -> peer.receive(guest.getInputStream(), sum));
    return peer;
  }

  private void receive(InputStream in, CRC32 sum) throws IOException {
    byte[] piece = new byte[PIECE];
    int length;
    while ((length = in.read(piece)) > 0) {
      sum.update(piece, 0, length);
      moved.addAndGet(length);
    }
  }

  int port() {
    return server.getLocalPort();
  }

  /**
   * The CRC-32 of what went over the connection, once it is over.
   *
   * @throws AssertionError if nothing moves any more
   */
  long checksum() throws InterruptedException, ExecutionException {
    while (true) {
      long before = moved.get();
      try {
        return checksum.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (moved.get() == before) {
          throw new AssertionError("the connection stands still after %d bytes".formatted(before));
        }
      }
    }
  }

  private void serve(Talk talk) {
    try (Socket guest = server.accept()) {
      guest.setSoTimeout(PATIENCE_MILLIS);
      CRC32 sum = new CRC32();
      talk.with(guest, sum);
      guest.shutdownOutput();
      checksum.complete(sum.getValue());
    } catch (IOException | RuntimeException e) {
      checksum.completeExceptionally(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
