package dev.javisor.internal.agent;

import dev.javisor.error.JavisorException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;

/**
 * A connection with a TCP port in the guest.
 *
 * <p>Threading: one thread that reads and one that writes at a time.
 */
final class GuestSocket implements ByteChannel {
  private final Call call;
  private final ByteBuffer first;
  private volatile boolean closed;

  private GuestSocket(Call call, ByteBuffer first) {
    this.call = call;
    this.first = first;
  }

  /** Asks the agent for the connection; the call is then the socket's. */
  static GuestSocket connect(Call call, int port) throws IOException {
    new FrameWriter(call.channel(), 64)
        .begin(Protocol.TCP, 0)
        .u16(Protocol.VERSION)
        .u16(port)
        .string("".getBytes(StandardCharsets.UTF_8))
        .send();
    FrameReader reader = call.reader();
    Answers.started(reader, (errno, stage, what) -> Answers.connect(port, errno, stage, what));
    call.disarm();
    return new GuestSocket(call, reader.rest());
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    checkOpen();
    if (first.hasRemaining() && target.hasRemaining()) {
      int count = Math.min(first.remaining(), target.remaining());
      target.put(first.slice(first.position(), count));
      first.position(first.position() + count);
      return count;
    }
    try {
      return call.channel().read(target);
    } catch (IOException e) {
      throw explained(e);
    }
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    checkOpen();
    try {
      return call.channel().write(source);
    } catch (IOException e) {
      throw explained(e);
    }
  }

  /** Writes no more. */
  void shutdownOutput() throws IOException {
    call.channel().shutdownOutput();
  }

  private void checkOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  /** Says so if the agent was lost; an interrupt and a close stay what they are. */
  private IOException explained(IOException e) {
    JavisorException why = call.ended();
    if (why == null || closed) {
      return e;
    }
    IOException explained = new IOException(why.getMessage(), why);
    explained.addSuppressed(e);
    return explained;
  }

  @Override
  public boolean isOpen() {
    return !closed && call.channel().isOpen();
  }

  @Override
  public void close() {
    closed = true;
    call.close();
  }
}
