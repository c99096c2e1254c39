package dev.javisor.internal.console;

import dev.javisor.internal.unix.UnixSockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Unix socket that serves one client at a time: {@link dev.javisor.config.ConsoleMode#socket}.
 */
final class SocketBackend extends BackendThread {
  private static final Logger LOG = LoggerFactory.getLogger(ConsoleBackend.class);
  private static final long LAST_OUTPUT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Path path;
  private final ServerSocketChannel server;
  private final Selector selector;
  private final SelectionKey listening;
  private final OutputCursor output = new OutputCursor(log);
  private final InputPiece input = new InputPiece();
  private @Nullable SocketChannel client;
  private @Nullable SelectionKey connected;

  /** Listens at this path. */
  SocketBackend(String name, Threads threads, Path path) throws IOException {
    super(name, threads);
    this.path = path;
    server = UnixSockets.listen(path);
    try {
      selector = Selector.open();
      server.configureBlocking(false);
      listening = server.register(selector, SelectionKey.OP_ACCEPT);
    } catch (IOException e) {
      server.close();
      Files.deleteIfExists(path);
      throw e;
    }
  }

  @Override
  public Optional<Path> path() {
    return Optional.of(path);
  }

  @Override
  void run(ConsoleInput.Port guest) throws IOException {
    while (!isClosing()) {
      input.offer(guest);
      SelectionKey key = connected;
      if (key != null) {
        log.arm();
        int write = writeOut() ? 0 : SelectionKey.OP_WRITE;
        if (!key.isValid()) {
          continue;
        }
        key.interestOps(write | (input.isEmpty() ? SelectionKey.OP_READ : 0));
      }
      int selected = selector.select(input.isEmpty() ? 0 : InputPiece.RETRY_MILLIS);
      selector.selectedKeys().clear();
      if (selected == 0) {
        LockSupport.parkNanos(this, NAP_NANOS);
      } else if (connected == null) {
        accept();
      } else if (input.isEmpty()) {
        read();
      }
    }
    writeLast();
  }

  private void accept() throws IOException {
    SocketChannel accepted = server.accept();
    if (accepted == null) {
      return;
    }
    accepted.configureBlocking(false);
    client = accepted;
    connected = accepted.register(selector, 0);
    listening.interestOps(0);
    LOG.debug("{}: a client has come to {}", name, path);
  }

  private void read() {
    SocketChannel from = client;
    if (from == null) {
      return;
    }
    try {
      int count = from.read(ByteBuffer.wrap(input.bytes()));
      input.fill(Math.max(0, count));
      if (count < 0) {
        leave();
      }
    } catch (IOException e) {
      leave();
    }
  }

  /**
   * Writes until there is nothing left, or no room, or no client; returns whether nothing is left
   * that the client would take later.
   */
  private boolean writeOut() {
    SocketChannel to = client;
    while (to != null && output.load()) {
      int count;
      try {
        count = to.write(ByteBuffer.wrap(output.piece(), output.offset(), output.length()));
      } catch (IOException e) {
        leave();
        return true;
      }
      if (count == 0) {
        return false;
      }
      output.advance(count);
    }
    return true;
  }

  private void leave() {
    closeClient();
    connected = null;
    client = null;
    listening.interestOps(SelectionKey.OP_ACCEPT);
    LOG.debug("{}: the client has left {}", name, path);
  }

  private void writeLast() {
    long deadline = System.nanoTime() + LAST_OUTPUT_NANOS;
    while (!writeOut() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(this, NAP_NANOS);
    }
  }

  private void closeClient() {
    SocketChannel known = client;
    try {
      if (known != null) {
        known.close();
      }
    } catch (IOException e) {
      LOG.debug("{}: cannot close the client's end", name, e);
    }
  }

  @Override
  void wake() {
    selector.wakeup();
  }

  @Override
  void release() {
    closeClient();
    try {
      server.close();
      selector.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("{}: cannot remove {}", name, path, e);
    }
  }

  @Override
  public String toString() {
    return "socket " + path;
  }
}
