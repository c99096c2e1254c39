package dev.javisor.internal.vsock.unix;

import dev.javisor.internal.vsock.VsockConnection;
import dev.javisor.internal.vsock.VsockHub;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of a {@link HybridSocket} and its connection to the guest. A client that takes nothing
 * of what waits for it is cut off after a while.
 *
 * <p>Threading: the socket's thread, but for {@link #notice}.
 */
final class Relay {
  /** The most bytes that wait in each direction, beside those in the connection. */
  static final int BUFFER = 32 * 1024;

  /** What fits in before there is a connection: a command, and a first few bytes after it. */
  private static final int FIRST_BUFFER = 1024;

  private static final Logger log = LoggerFactory.getLogger(Relay.class);
  private static final Pattern COMMAND =
      Pattern.compile("CONNECT +(\\d{1,10})\r?", Pattern.CASE_INSENSITIVE);

  /** The longest command, its newline included. */
  private static final int LONGEST_COMMAND = 32;

  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

  /** Rounds of one turn. */
  private static final int ROUNDS = 16;

  private final VsockHub hub;
  private final SocketChannel client;
  private final SelectionKey key;
  private final Consumer<Relay> noticed;
  private final AtomicBoolean noted = new AtomicBoolean();
  private final long stall;
  private ByteBuffer toGuest = ByteBuffer.allocate(FIRST_BUFFER).limit(0);
  private ByteBuffer toClient = ByteBuffer.allocate(0);
  private @Nullable VsockConnection guest;
  private boolean open;
  private boolean clientSilent;
  private boolean clientTold;
  private boolean guestSilent;
  private boolean guestTold;
  private boolean over;
  private long deadline;

  /**
   * @param stall how long the client may take nothing, in nanoseconds
   */
  Relay(VsockHub hub, SocketChannel client, SelectionKey key, long stall, Consumer<Relay> noticed) {
    this.hub = hub;
    this.client = client;
    this.key = key;
    this.noticed = noticed;
    this.stall = stall;
    deadline = System.nanoTime() + PATIENCE;
  }

  /** Takes a connection that the guest asked for. */
  void join(VsockConnection connection) {
    guest = connection;
    opened(connection);
    connection.onChange(this::notice);
    connection.accept();
  }

  /** Many connections have less memory each, and so have their relays. */
  private void opened(VsockConnection connection) {
    open = true;
    deadline = Long.MAX_VALUE;
    int size = Math.min(BUFFER, connection.window());
    toGuest = ByteBuffer.allocate(size).put(toGuest).flip();
    toClient = ByteBuffer.allocate(size).limit(0);
  }

  /** The guest's side has changed. */
  private void notice() {
    if (noted.compareAndSet(false, true)) {
      noticed.accept(this);
    }
  }

  /** What was noticed is being looked at. */
  void noticed() {
    noted.set(false);
  }

  /** How long the client's command, the guest's answer, or a client that stalls may still take. */
  long untilDue(long now) {
    return deadline == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, deadline - now);
  }

  boolean isOver(long now) {
    return over || untilDue(now) == 0;
  }

  /** Moves what there is to move. */
  void work() {
    try {
      if (!over && (open || connect())) {
        pump();
      }
    } catch (IOException | RuntimeException e) {
      log.debug("{}: a client's connection has ended", hub.id(), e);
      over = true;
    }
    if (over && key.isValid()) {
      // Whoever looks after it closes it at the end of the round.
      key.interestOps(0);
    }
  }

  /** Reads the command, asks the guest, and answers; returns whether all that is done. */
  private boolean connect() throws IOException {
    VsockConnection connection = guest;
    if (connection == null) {
      connection = command();
      if (connection == null) {
        return false;
      }
      guest = connection;
      connection.onChange(this::notice);
    }
    key.interestOps(0);
    if (!connection.tryOpen()) {
      return false;
    }
    opened(connection);
    String answer = "OK %s\n".formatted(Integer.toUnsignedString(connection.hostPort()));
    toClient.clear().put(answer.getBytes(StandardCharsets.US_ASCII)).flip();
    return true;
  }

  private @Nullable VsockConnection command() throws IOException {
    toGuest.compact();
    int count = client.read(toGuest);
    toGuest.flip();
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < Math.min(toGuest.limit(), LONGEST_COMMAND); i++) {
      char c = (char) (toGuest.get(i) & 0xff);
      if (c == '\n') {
        toGuest.position(i + 1);
        return hub.connect(port(line.toString()));
      }
      line.append(c);
    }
    if (count < 0 || line.length() == LONGEST_COMMAND) {
      throw new IOException("no command: " + line.length() + " bytes");
    }
    return null;
  }

  private static int port(String line) throws IOException {
    Matcher matcher = COMMAND.matcher(line);
    if (!matcher.matches()) {
      throw new IOException("no command, expected CONNECT and a port");
    }
    long port = Long.parseLong(matcher.group(1));
    if (port >= 0xffff_ffffL) {
      throw new IOException("no port: " + port);
    }
    return (int) port;
  }

  private void pump() throws IOException {
    VsockConnection connection = guest;
    if (connection == null) {
      return;
    }
    boolean moved = true;
    for (int i = 0; i < ROUNDS && moved; i++) {
      moved = toGuest(connection) | toClient(connection);
    }
    over = clientTold && guestTold;
    if (!over) {
      boolean read = !clientSilent && !toGuest.hasRemaining();
      key.interestOps(
          (read ? SelectionKey.OP_READ : 0)
              | (toClient.hasRemaining() ? SelectionKey.OP_WRITE : 0));
      if (moved) {
        notice();
      }
    }
  }

  /** Returns whether anything moved. */
  private boolean toGuest(VsockConnection connection) throws IOException {
    int count = 0;
    if (!toGuest.hasRemaining() && !clientSilent) {
      toGuest.clear();
      try {
        count = client.read(toGuest);
      } finally {
        toGuest.flip();
      }
      clientSilent = count < 0;
    }
    int written = toGuest.hasRemaining() ? connection.tryWrite(toGuest) : 0;
    if (clientSilent && !toGuest.hasRemaining() && !guestTold) {
      guestTold = true;
      connection.shutdownOutput();
    }
    return written > 0;
  }

  private boolean toClient(VsockConnection connection) throws IOException {
    if (!toClient.hasRemaining() && !guestSilent) {
      toClient.clear();
      try {
        guestSilent = connection.tryRead(toClient) < 0;
      } finally {
        toClient.flip();
      }
    }
    int written = toClient.hasRemaining() ? client.write(toClient) : 0;
    if (!toClient.hasRemaining()) {
      deadline = Long.MAX_VALUE;
    } else if (written > 0 || deadline == Long.MAX_VALUE) {
      deadline = System.nanoTime() + stall;
    }
    if (guestSilent && !toClient.hasRemaining() && !clientTold) {
      clientTold = true;
      client.shutdownOutput();
    }
    return written > 0;
  }

  /** Ends both sides. */
  void close() {
    over = true;
    VsockConnection connection = guest;
    if (connection != null) {
      connection.close();
    }
    HybridSocket.closeQuietly(client);
  }
}
