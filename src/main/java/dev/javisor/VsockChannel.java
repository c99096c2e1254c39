package dev.javisor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.InterruptibleChannel;

/**
 * A connection between this JVM and a guest. {@link java.nio.channels.Channels} makes streams of
 * it.
 *
 * <pre>{@code
 * try (VsockChannel channel = vm.vsock().connect(1024)) {
 *   channel.write(ByteBuffer.wrap("hello\n".getBytes(UTF_8)));
 *   channel.shutdownOutput();
 *   byte[] answer = Channels.newInputStream(channel).readAllBytes();
 * }
 * }</pre>
 *
 * <p>Errors: a connection that ends otherwise than by a close of either side ends with a {@link
 * dev.javisor.error.VsockException} that has the reason: the guest reset it or rebooted, the
 * machine was closed. What came before can still be read. Otherwise as channels do: a close by
 * another thread, or an interrupt, ends reads and writes that are under way.
 *
 * <p>Threading: one thread that reads and one that writes at a time; the other methods any thread.
 *
 * <p>Not meant to be implemented outside Javisor, but by mocks: methods will be added.
 */
public interface VsockChannel extends ByteChannel, InterruptibleChannel {
  /** The guest's port, an unsigned number. */
  int guestPort();

  /** The host's port, an unsigned number. */
  int hostPort();

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

  /** Reads no more; what the guest still sends is dropped, and it is told. */
  void shutdownInput() throws IOException;

  /** Writes no more; the guest sees the stream's end after what was written. */
  void shutdownOutput() throws IOException;

  /**
   * Ends the connection. What was written still reaches a guest that reads it; one that takes
   * nothing for 8 seconds is cut off. Does not block.
   */
  @Override
  void close();
}
