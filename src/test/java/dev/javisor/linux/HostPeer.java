package dev.javisor.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The host's end of a TCP connection that a guest makes: sends bytes, or takes some. */
final class HostPeer implements AutoCloseable {
  private static final int PIECE = 1 << 16;
  private static final int PATIENCE_MILLIS = 120_000;

  private final ServerSocket server;
  private final CompletableFuture<String> digest = new CompletableFuture<>();

  private interface Talk {
    void with(Socket guest, MessageDigest digest) throws IOException;
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
        (guest, digest) -> {
          Random random = new Random(bytes);
          byte[] piece = new byte[PIECE];
          OutputStream out = guest.getOutputStream();
          for (int left = bytes; left > 0; left -= PIECE) {
            random.nextBytes(piece);
            int length = Math.min(left, PIECE);
            digest.update(piece, 0, length);
            out.write(piece, 0, length);
          }
        });
  }

  /** Takes whatever a guest sends until it closes the connection. */
  static HostPeer receiver(String address) throws IOException {
    return new HostPeer(
        address,
        (guest, digest) -> {
          InputStream in = new DigestInputStream(guest.getInputStream(), digest);
          in.transferTo(OutputStream.nullOutputStream());
        });
  }

  int port() {
    return server.getLocalPort();
  }

  /** The SHA-256 of what went over the connection, once it is over. */
  String digest() throws Exception {
    return digest.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void serve(Talk talk) {
    try (Socket guest = server.accept()) {
      guest.setSoTimeout(PATIENCE_MILLIS);
      MessageDigest sum = MessageDigest.getInstance("SHA-256");
      talk.with(guest, sum);
      guest.shutdownOutput();
      digest.complete(HexFormat.of().formatHex(sum.digest()));
    } catch (IOException | NoSuchAlgorithmException | RuntimeException e) {
      digest.completeExceptionally(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
