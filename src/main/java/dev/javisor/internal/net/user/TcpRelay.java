package dev.javisor.internal.net.user;

import dev.javisor.internal.net.tcp.TcpCloseReason;
import dev.javisor.internal.net.tcp.TcpConnection;
import dev.javisor.internal.net.tcp.TcpHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries bytes between a connection of the guest and a socket of this host, with ends, resets and
 * refusals as they come. Bytes wait in TCP's buffers only. Threading: the network's.
 */
final class TcpRelay implements TcpHandler, Loop.Ready {
  private static final Logger log = LoggerFactory.getLogger(TcpRelay.class);

  /** Rounds of one socket before others have their turn. */
  private static final int ROUNDS = 8;

  private final TcpSide side;
  private final Loop loop;
  private final @Nullable String guestName;
  private final SocketChannel channel;
  private @Nullable TcpConnection connection;
  private @Nullable SelectionKey key;
  private boolean connected;
  private boolean hostEnded;
  private boolean guestEnded;
  private boolean over;

  /**
   * @param guestName whose connection it is; null for the one that is alone
   * @param connection that the guest opens, and that is not accepted yet; null if there is none yet
   */
  TcpRelay(
      TcpSide side,
      Loop loop,
      @Nullable String guestName,
      SocketChannel channel,
      @Nullable TcpConnection connection) {
    this.side = side;
    this.loop = loop;
    this.guestName = guestName;
    this.channel = channel;
    this.connection = connection;
  }

  /** Connects the socket, for a connection of the guest. */
  void dial(InetSocketAddress address) throws IOException {
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      boolean done = channel.connect(address);
      key = loop.register(channel, done ? 0 : SelectionKey.OP_CONNECT, this);
      if (done) {
        accept();
      }
    } catch (IOException | RuntimeException e) {
      abandoned();
      throw e;
    }
  }

  /** Opens a connection to the guest, for the socket. */
  void serve(Function<TcpHandler, TcpConnection> opener) throws IOException {
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    key = loop.register(channel, 0, this);
    connection = opener.apply(this);
  }

  boolean isFor(TcpConnection other) {
    return connection == other;
  }

  /** The guest's name; null for the one that is alone. */
  @Nullable String guestName() {
    return guestName;
  }

  private void accept() {
    TcpConnection guest = connection;
    if (guest != null && guest.accept(this)) {
      connected = true;
      interest(SelectionKey.OP_READ, true);
    } else {
      abandoned();
    }
  }

  @Override
  public void ready(SelectionKey ready) {
    TcpConnection guest = connection;
    if (guest == null || over) {
      return;
    }
    if (!connected && ready.isConnectable()) {
      finishConnect(guest);
    } else if (connected) {
      if (ready.isWritable()) {
        readable();
      }
      if (!over && ready.isReadable()) {
        fromHost();
      }
    }
  }

  private void finishConnect(TcpConnection guest) {
    try {
      if (channel.finishConnect()) {
        interest(SelectionKey.OP_CONNECT, false);
        accept();
      }
    } catch (IOException e) {
      log.debug("{}: refused", guest.addresses(), e);
      guest.refuse();
      abandoned();
    }
  }

  @Override
  public void connected() {
    connected = true;
    interest(SelectionKey.OP_READ, true);
  }

  /** The guest has sent something, or its end: to the socket with it. */
  @Override
  public void readable() {
    TcpConnection guest = connection;
    if (guest == null || over || guestEnded) {
      return;
    }
    try {
      long count;
      int rounds = 0;
      do {
        count = guest.readTo(channel);
      } while (count > 0 && ++rounds < ROUNDS);
      if (count < 0) {
        guestEnded = true;
        channel.shutdownOutput();
      }
      interest(SelectionKey.OP_WRITE, count >= 0 && guest.available() > 0);
    } catch (IOException e) {
      broken(guest, e);
    }
  }

  @Override
  public void remoteClosed() {
    readable();
  }

  /** There is room for what the socket has, if it has something. */
  @Override
  public void writable() {
    interest(SelectionKey.OP_READ, !hostEnded);
  }

  private void fromHost() {
    TcpConnection guest = connection;
    if (guest == null || over || hostEnded) {
      return;
    }
    try {
      long count;
      int rounds = 0;
      do {
        count = guest.writeFrom(channel);
      } while (count > 0 && ++rounds < ROUNDS);
      if (count < 0) {
        hostEnded = true;
        guest.shutdownOutput();
      } else if (count == 0 && rounds == 0 && guest.room() > 0) {
        // There are bytes, and none were taken: TCP has no memory left.
        side.starved(this);
      }
      interest(SelectionKey.OP_READ, count > 0 || count == 0 && rounds > 0 && guest.room() > 0);
    } catch (IOException e) {
      broken(guest, e);
    }
  }

  private void interest(int operation, boolean wanted) {
    SelectionKey known = key;
    if (known == null || !known.isValid()) {
      return;
    }
    int before = known.interestOps();
    int after = wanted ? before | operation : before & ~operation;
    if (before != after) {
      known.interestOps(after);
    }
  }

  private void broken(TcpConnection guest, IOException e) {
    log.debug("{}: reset by the host", guest.addresses(), e);
    guest.reset();
    abandoned();
  }

  @Override
  public void closed(TcpCloseReason reason) {
    if (over) {
      return;
    }
    over = true;
    side.ended(this);
    if (reason == TcpCloseReason.DONE) {
      Loop.close(channel);
    } else {
      reset(channel);
    }
  }

  /** There is nobody any more whom the socket would be for. */
  void abandoned() {
    closed(TcpCloseReason.ABORTED);
  }

  /** Closes a socket so that its other end sees a reset. */
  static void reset(SocketChannel channel) {
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException | RuntimeException e) {
      log.debug("{}: closed without a reset", channel, e);
    }
    Loop.close(channel);
  }
}
