package dev.javisor.internal.net.user;

import dev.javisor.config.NetChannel;
import dev.javisor.error.NetworkException;
import dev.javisor.error.NetworkException.Reason;
import dev.javisor.internal.net.tcp.TcpCloseReason;
import dev.javisor.internal.net.tcp.TcpConnection;
import dev.javisor.internal.net.tcp.TcpHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the guest's network as a channel. What TCP does takes place in the network; who
 * reads or writes leaves a buffer there, and waits.
 *
 * <p>Threading: as {@link NetChannel}; handler methods are the network's.
 */
final class GuestStream implements NetChannel, TcpHandler {
  private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(500);

  private final Loop loop;
  private final InetSocketAddress guest;
  private volatile InetSocketAddress host;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable TcpConnection connection;
  private @Nullable ByteBuffer reading;
  private @Nullable ByteBuffer writing;
  private int lastRead;
  private boolean open;
  private volatile boolean closed;
  private boolean outputShut;
  private @Nullable TcpCloseReason ended;

  GuestStream(Loop loop, InetSocketAddress guest, InetSocketAddress host) {
    this.loop = loop;
    this.guest = guest;
    this.host = host;
  }

  /** Belongs to a connection from here on. In the network. */
  void attach(TcpConnection to) {
    lock.lock();
    try {
      connection = to;
      host = new InetSocketAddress(host.getAddress(), to.addresses().localPort());
      if (closed) {
        to.reset();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void connected() {
    lock.lock();
    try {
      open = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    readable();
    writable();
  }

  @Override
  public void readable() {
    lock.lock();
    try {
      ByteBuffer target = reading;
      TcpConnection from = connection;
      if (target == null || from == null) {
        return;
      }
      int count = from.read(target);
      if (count != 0) {
        lastRead = count;
        reading = null;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void remoteClosed() {
    readable();
  }

  @Override
  public void writable() {
    lock.lock();
    try {
      ByteBuffer source = writing;
      TcpConnection to = connection;
      if (source != null && to != null) {
        to.write(source);
        if (!source.hasRemaining()) {
          writing = null;
          changed.signalAll();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void closed(TcpCloseReason reason) {
    readable();
    lock.lock();
    try {
      ended = reason;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the guest has answered.
   *
   * @return false if the time is up
   * @throws IOException if it has refused, or cannot
   */
  boolean awaitOpen(long nanos) throws IOException {
    lock.lock();
    try {
      long deadline = System.nanoTime() + nanos;
      while (!open && ended == null) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        await(left);
      }
      if (!open) {
        throw failure();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (!target.hasRemaining()) {
      return 0;
    }
    lock.lock();
    try {
      checkOpen();
      reading = target;
      loop.execute(this::readable);
      while (reading != null) {
        if (loop.isClosed()) {
          return endOfInput();
        }
        await(Long.MAX_VALUE);
      }
      return lastRead < 0 ? endOfInput() : lastRead;
    } finally {
      reading = null;
      lock.unlock();
    }
  }

  private int endOfInput() throws IOException {
    if (ended == null && !loop.isClosed() || ended == TcpCloseReason.DONE) {
      return -1;
    }
    throw failure();
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int count = source.remaining();
    lock.lock();
    try {
      checkOpen();
      if (outputShut) {
        throw new ClosedChannelException();
      }
      writing = source;
      loop.execute(this::writable);
      while (writing != null) {
        if (ended != null) {
          throw failure();
        }
        await(Long.MAX_VALUE);
      }
      return count;
    } finally {
      writing = null;
      lock.unlock();
    }
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  /** Waits for a change that is no close; an interrupt closes the channel. */
  private void await(long nanos) throws IOException {
    try {
      changed.awaitNanos(Math.min(nanos, LOOK_AGAIN));
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new ClosedByInterruptException();
    }
    if (closed) {
      throw new AsynchronousCloseException();
    }
    if (loop.isClosed() && ended == null) {
      ended = TcpCloseReason.ABORTED;
    }
  }

  private IOException failure() {
    TcpCloseReason why = ended;
    if (why == TcpCloseReason.REFUSED) {
      return new NetworkException(
          Reason.REFUSED,
          "nobody in the guest listens on %s, port %d"
              .formatted(guest.getAddress().getHostAddress(), guest.getPort()));
    }
    if (why == TcpCloseReason.TIMED_OUT) {
      return new NetworkException(Reason.TIMED_OUT, "the guest does not answer: " + this);
    }
    if (why == TcpCloseReason.RESET || why == TcpCloseReason.DONE) {
      return new NetworkException(Reason.RESET, "the guest has ended the connection: " + this);
    }
    return new NetworkException(
        Reason.NOT_RUNNING, "the guest's network has ended, and with it " + this);
  }

  @Override
  public void shutdownOutput() throws IOException {
    lock.lock();
    try {
      checkOpen();
      outputShut = true;
    } finally {
      lock.unlock();
    }
    onConnection(TcpConnection::shutdownOutput);
  }

  private void onConnection(Consumer<TcpConnection> action) {
    loop.execute(
        () -> {
          TcpConnection known = connection;
          if (known != null) {
            action.accept(known);
          }
        });
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public InetSocketAddress guestAddress() {
    return guest;
  }

  @Override
  public InetSocketAddress hostAddress() {
    return host;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      reading = null;
      writing = null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    onConnection(TcpConnection::close);
  }

  @Override
  public String toString() {
    return "connection of %s and %s".formatted(guest, host);
  }
}
