package dev.javisor.config;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.InterruptibleChannel;

/**
 * A TCP connection between this JVM and a guest, over a {@linkplain UserNetConfig user-mode
 * network} and no port of the host. {@link java.nio.channels.Channels} makes streams of it.
 *
 * <pre>{@code
 * try (NetChannel channel = vm.connect(80)) {
 *   channel.write(ByteBuffer.wrap("GET / HTTP/1.0\r\n\r\n".getBytes(UTF_8)));
 *   byte[] answer = Channels.newInputStream(channel).readAllBytes();
 * }
 * }</pre>
 *
 * <p>Errors: a connection that ends otherwise than by a close of either side ends with {@code
 * dev.javisor.error.NetworkException}, which has the reason. Otherwise as channels do: a close by
 * another thread, or an interrupt, ends reads and writes that are under way.
 *
 * <p>Threading: one thread that reads and one that writes at a time; the other methods any thread.
 *
 * <p>Not meant to be implemented outside Javisor, but by mocks: methods will be added.
 */
public interface NetChannel extends ByteChannel, InterruptibleChannel {
  /** The guest's address and port. */
  InetSocketAddress guestAddress();

  /** The other end's address and port, as the guest sees them. */
  InetSocketAddress hostAddress();

  /**
   * Waits for bytes, and reads what there is.
   *
   * @return how many bytes, or -1 if the guest sends no more
   */
  @Override
  int read(ByteBuffer target) throws IOException;

  /** Writes all bytes; waits for room while the guest does not read. */
  @Override
  int write(ByteBuffer source) throws IOException;

  /** Writes no more; the guest sees the stream's end after what was written. */
  void shutdownOutput() throws IOException;

  /** Ends the connection. What was written still reaches a guest that reads it. Does not block. */
  @Override
  void close();
}
