package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.IpAddress;
import dev.javisor.internal.sys.PingSocket;
import java.nio.ByteBuffer;

/** Sends pings of this host to one address. Threading: the network's. */
interface EchoSocket extends AutoCloseable {
  /** Makes sockets. */
  @FunctionalInterface
  interface Opener {
    /**
     * Opens one.
     *
     * @throws dev.javisor.internal.sys.NativeException if that cannot be: EACCES where ordinary
     *     users may not
     */
    EchoSocket open(IpAddress address);
  }

  /** Sends a message, header and payload; returns its bytes, or the negated errno. */
  long send(ByteBuffer message);

  /** Takes an answer, flipped; returns its bytes, or the negated errno. */
  long receive(ByteBuffer target);

  @Override
  void close();

  /** One of this host's. */
  static EchoSocket ofHost(IpAddress address) {
    byte[] bytes = address.toInet().getAddress();
    PingSocket socket = PingSocket.connect(bytes);
    return new EchoSocket() {
      @Override
      public long send(ByteBuffer message) {
        return socket.trySend(message);
      }

      @Override
      public long receive(ByteBuffer target) {
        return socket.tryReceive(target);
      }

      @Override
      public void close() {
        socket.close();
      }
    };
  }
}
