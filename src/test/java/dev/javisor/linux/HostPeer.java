package dev.javisor.linux;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

/** The host's end of a TCP connection that a guest makes: sends bytes, or takes some. */
final class HostPeer implements AutoCloseable {
  private static final int PIECE = 1 << 16;
  private static final int PATIENCE_MILLIS = 120_000;

  private final ServerSocket server;
  private final CompletableFuture<Long> checksum = new CompletableFuture<>();

  private interface Talk {
    void with(Socket guest, CRC32 sum) throws IOException;
  }

  private HostPeer(String address, Talk talk) throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getByName(address));
    server.setSoTimeout(PATIENCE_MILLIS);
    Thread thread = new Thread(() -> serve(talk), "host peer");
    thread.setDaemon(true);
    thread.start();
  }

  /** Sends that many bytes to whoever connects, the same ones each time. */
  static HostPeer sender(String address, int bytes) throws IOException {
    return new HostPeer(
        address,
        (guest, sum) -> {
          byte[] piece = new byte[PIECE];
          new Random(bytes).nextBytes(piece);
          OutputStream out = guest.getOutputStream();
          for (int left = bytes; left > 0; left -= PIECE) {
            // No two pieces are alike.
            ByteBuffer.wrap(piece).putInt(left);
            int length = Math.min(left, PIECE);
            sum.update(piece, 0, length);
            out.write(piece, 0, length);
          }
        });
  }

  /** Takes whatever a guest sends until it closes the connection. */
  static HostPeer receiver(String address) throws IOException {
    return new HostPeer(
        address,
        (guest, sum) -> {
          byte[] piece = new byte[PIECE];
          int length;
          while ((length = guest.getInputStream().read(piece)) > 0) {
            sum.update(piece, 0, length);
          }
        });
  }

  int port() {
    return server.getLocalPort();
  }

  /** The CRC-32 of what went over the connection, once it is over. */
  long checksum() throws Exception {
    return checksum.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
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
