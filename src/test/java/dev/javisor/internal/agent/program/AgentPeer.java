package dev.javisor.internal.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The host's side of one connection, with nothing done by itself but what a method says. */
final class AgentPeer implements AutoCloseable {
  static final int PTY = 1;
  static final int CLEAR = 2;
  static final int MERGE = 4;
  static final int NO_STDIN = 8;

  private final SocketChannel channel;

  AgentPeer(SocketChannel channel) {
    this.channel = channel;
  }

  SocketChannel channel() {
    return channel;
  }

  AgentPeer send(int type, int stream, byte[] payload) throws IOException {
    return write(new Frame(type, stream, payload).toBytes());
  }

  AgentPeer send(int type, Payload payload) throws IOException {
    return send(type, 0, payload.bytes());
  }

  AgentPeer write(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    return this;
  }

  /** The next frame, or null at the end. */
  @Nullable Frame receive() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(Frame.HEADER).order(ByteOrder.LITTLE_ENDIAN);
    if (channel.read(header) < 0) {
      return null;
    }
    fill(header);
    assertEquals(0, header.getShort(2), "reserved");
    ByteBuffer payload = ByteBuffer.allocate(header.getInt(4));
    fill(payload);
    return new Frame(header.get(0) & 0xff, header.get(1) & 0xff, payload.array());
  }

  private void fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("the connection ends within a frame");
      }
    }
  }

  Frame expect(int type) throws IOException {
    Frame frame = receive();
    assertNotNull(frame, "the connection has ended");
    assertEquals(type, frame.type(), frame::toString);
    return frame;
  }

  void expectFailed(int error, int stage) throws IOException {
    Frame failed = expect(Frame.FAILED);
    assertEquals(error, failed.u32(0), failed::toString);
    assertEquals(stage, failed.u32(1), failed::toString);
    assertEquals(null, receive(), "the agent closes");
  }

  /** Whether the agent has closed without reading all. */
  static boolean hasClosed(IOException e) {
    String message = String.valueOf(e.getMessage());
    return message.equals("Broken pipe") || message.startsWith("Connection reset");
  }

  static Payload command(int flags, String user, String directory, String[] env, String... argv) {
    return new Payload()
        .u16(Frame.VERSION)
        .u16(flags)
        .u16(80)
        .u16(24)
        .string(user)
        .string(directory)
        .strings(argv)
        .strings(env);
  }

  AgentPeer exec(int flags, String... argv) throws IOException {
    return send(Frame.EXEC, command(flags, "", "", new String[0], argv));
  }

  AgentPeer grant(int stream, int bytes) throws IOException {
    return send(Frame.CREDIT, stream, new Payload().u32(bytes).bytes());
  }

  /** Grants all that any command prints here. */
  AgentPeer grantAll() throws IOException {
    return grant(1, 1 << 30).grant(2, 1 << 30);
  }

  /** Runs to the end, with empty standard input. */
  Result finish() throws IOException {
    ByteArrayOutputStream[] streams = {
      new ByteArrayOutputStream(), new ByteArrayOutputStream(), new ByteArrayOutputStream()
    };
    int[] ends = new int[3];
    while (true) {
      Frame frame = receive();
      assertNotNull(frame, "the connection has ended before EXIT");
      switch (frame.type()) {
        case Frame.STARTED -> send(Frame.DATA, 0, new byte[0]);
        case Frame.CREDIT -> assertEquals(0, frame.stream());
        case Frame.DATA -> {
          streams[frame.stream()].writeBytes(frame.payload());
          ends[frame.stream()] += frame.payload().length == 0 ? 1 : 0;
        }
        case Frame.EXIT -> {
          assertEquals(1, ends[1], "one end of standard output");
          assertEquals(1, ends[2], "one end of standard error");
          return new Result(
              frame.u32(0),
              frame.u32(1),
              streams[1].toString(StandardCharsets.UTF_8),
              streams[2].toString(StandardCharsets.UTF_8));
        }
        default -> throw new AssertionError(frame.toString());
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** How a command ended, and what it printed. */
  record Result(int kind, int value, String out, String err) {
    static final int EXITED = 0;
    static final int SIGNALED = 1;
  }
}
