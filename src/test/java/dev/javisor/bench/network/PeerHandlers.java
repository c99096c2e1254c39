package dev.javisor.bench.network;

import dev.javisor.internal.net.tcp.TcpCloseReason;
import java.nio.ByteBuffer;

/** What a peer does with a connection. */
final class PeerHandlers {
  private static final int BLOCK = 64 << 10;

  private PeerHandlers() {}

  /** Sends so many bytes, and no more. */
  static final class Source extends PeerGuest.Handler {
    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    private long left;

    Source(long bytes) {
      left = bytes;
      block.limit((int) Math.min(BLOCK, left));
    }

    @Override
    public void connected() {
      writable();
    }

    @Override
    public void writable() {
      while (left > 0) {
        left -= connection.write(block);
        if (block.hasRemaining()) {
          return;
        }
        block.clear().limit((int) Math.min(BLOCK, left));
      }
      connection.shutdownOutput();
    }

    @Override
    public void closed(TcpCloseReason reason) {}
  }

  /** Reads to the end, and closes. */
  static final class Sink extends PeerGuest.Handler {
    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);

    @Override
    public void readable() {
      int done;
      do {
        done = connection.read(block.clear());
      } while (done > 0);
      if (done < 0) {
        connection.shutdownOutput();
      }
    }

    @Override
    public void remoteClosed() {
      readable();
    }

    @Override
    public void closed(TcpCloseReason reason) {}
  }

  /** Closes at once, or when the other side has; then does something. */
  static final class Closing extends PeerGuest.Handler {
    private final boolean first;
    private final Runnable then;

    Closing(boolean first, Runnable then) {
      this.first = first;
      this.then = then;
    }

    @Override
    public void connected() {
      if (first) {
        connection.shutdownOutput();
      }
    }

    @Override
    public void remoteClosed() {
      connection.shutdownOutput();
      then.run();
    }

    @Override
    public void closed(TcpCloseReason reason) {}
  }
}
