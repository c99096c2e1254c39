package dev.javisor.internal.agent;

import java.io.IOException;
import java.time.Duration;

/** An agent that does as a test says, on each connection. */
final class FakeAgent implements AgentLink {
  private final Script script;

  /** What it does with a connection, from the request on. */
  @FunctionalInterface
  interface Script {
    void run(Peer peer) throws Exception;
  }

  /** The agent's end of a connection, whose request has been read. */
  record Peer(SocketAgentChannel channel, FrameReader reader, FrameWriter writer) {
    Peer started() throws IOException {
      writer.begin(Protocol.STARTED, 0).u32(7).send();
      return this;
    }

    Peer failed(int errno, int stage, String what) throws IOException {
      writer.begin(Protocol.FAILED, 0).u32(errno).u32(stage).string(what.getBytes()).send();
      return this;
    }

    Peer entry(char kind, String name, String target) throws IOException {
      writer
          .begin(Protocol.ENTRY, 0)
          .u8(kind)
          .u8(0)
          .u16(0)
          .u32(0644)
          .u64(0)
          .u32(0)
          .string(name.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))
          .string(target.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))
          .send();
      return this;
    }

    Peer data(int stream, byte... bytes) throws IOException {
      writer.begin(Protocol.DATA, stream).bytes(bytes, 0, bytes.length).send();
      return this;
    }

    Peer frame(int type, int... values) throws IOException {
      writer.begin(type, 0);
      for (int value : values) {
        writer.u32(value);
      }
      writer.send();
      return this;
    }
  }

  FakeAgent(Script script) {
    this.script = script;
  }

  @Override
  public AgentChannel open(Duration timeout) throws IOException {
    SocketAgentChannel[] pair = SocketAgentChannel.pair();
    Thread thread = new Thread(() -> serve(pair[1]), "fake-agent");
    thread.setDaemon(true);
    thread.start();
    return pair[0];
  }

  private void serve(SocketAgentChannel channel) {
    try (channel) {
      FrameReader reader = new FrameReader(channel);
      reader.next();
      script.run(new Peer(channel, reader, new FrameWriter(channel, Protocol.PAYLOAD_LIMIT)));
      while (true) {
        reader.next();
      }
    } catch (Exception e) {
      // The client has closed the connection, as it may at any time.
    }
  }
}
