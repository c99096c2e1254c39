package dev.javisor.internal.agent;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A connection with an agent by a Unix socket: what vsock is to a guest. */
record SocketAgentChannel(SocketChannel socket) implements AgentChannel {
  /** Connects to an agent of this machine. */
  static AgentChannel connect(Path socket) throws IOException {
    return new SocketAgentChannel(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
  }

  /** The two ends of a new connection. */
  static SocketAgentChannel[] pair() throws IOException {
    Path folder = Files.createTempDirectory("javisor-pair");
    Path path = folder.resolve("socket");
    try (ServerSocketChannel server =
        ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path));
      return new SocketAgentChannel[] {
        new SocketAgentChannel(client), new SocketAgentChannel(server.accept())
      };
    } finally {
      Files.deleteIfExists(path);
      Files.delete(folder);
    }
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return socket.read(target);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return socket.write(source);
  }

  @Override
  public void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  public boolean isOpen() {
    return socket.isOpen();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
