package dev.javisor.internal.agent;

import static java.net.StandardSocketOptions.SO_LINGER;
import static java.net.StandardSocketOptions.TCP_NODELAY;

import dev.javisor.error.JavisorException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a host's client, relayed to a TCP port in the guest: a thread for each way.
 *
 * <p>Threading: any thread.
 */
final class RelayedConnection {
  private static final Logger LOG = LoggerFactory.getLogger(RelayedConnection.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int CHUNK = 65536;

  private final Calls calls;
  private final ThreadFactory threads;
  private final SocketChannel client;
  private final int guestPort;
  private final Consumer<? super RelayedConnection> gone;
  private final AtomicInteger ways = new AtomicInteger(2);
  private volatile @Nullable Thread outward;

  RelayedConnection(
      Calls calls,
      ThreadFactory threads,
      SocketChannel client,
      int guestPort,
      Consumer<? super RelayedConnection> gone) {
    this.calls = calls;
    this.threads = threads;
    this.client = client;
    this.guestPort = guestPort;
    this.gone = gone;
  }

  void start() {
    Thread thread = threads.newThread(this::run);
    outward = thread;
    thread.start();
  }

  private void run() {
    try {
      client.setOption(TCP_NODELAY, true);
      GuestSocket guest = connect();
      threads.newThread(() -> inward(guest)).start();
      relay(client, guest, guest, guest::shutdownOutput);
    } catch (IOException | JavisorException | InterruptedException e) {
      LOG.debug("{}: a connection to the guest's port {} was not made", this, guestPort, e);
      reset();
    }
  }

  private GuestSocket connect() throws IOException, InterruptedException {
    Call call = calls.begin("a connection to the guest's port " + guestPort, PATIENCE);
    boolean connected = false;
    try {
      GuestSocket guest = GuestSocket.connect(call, guestPort);
      connected = true;
      return guest;
    } finally {
      if (!connected) {
        call.close();
      }
    }
  }

  private void inward(GuestSocket guest) {
    relay(guest, client, guest, client::shutdownOutput);
  }

  /** One way, until its end; both ways end when one of them fails. */
  private void relay(
      ReadableByteChannel from, WritableByteChannel to, GuestSocket guest, HostFiles.Step end) {
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
    try {
      while (from.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
        buffer.clear();
      }
      end.run();
      if (ways.decrementAndGet() == 0) {
        guest.close();
        Channels.closeQuietly(client);
        gone.accept(this);
      }
    } catch (IOException e) {
      LOG.debug("a connection to the guest's port {} failed", guestPort, e);
      guest.close();
      reset();
    }
  }

  /** Ends it, so that the client sees a reset and no orderly end. */
  void reset() {
    try {
      if (client.isOpen()) {
        client.setOption(SO_LINGER, 0);
      }
    } catch (IOException e) {
      LOG.debug("a connection to the guest's port {} was closed already", guestPort, e);
    }
    Channels.closeQuietly(client);
    Thread thread = outward;
    if (thread != null) {
      // It may wait for the agent.
      thread.interrupt();
    }
    gone.accept(this);
  }
}
