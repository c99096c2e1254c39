package dev.javisor.bench.network;

import dev.javisor.backend.NetBackend;
import dev.javisor.backend.NetFrame;
import dev.javisor.backend.NetGuest;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A network that passt plays, a program with the same purpose as the user-mode network. Frames go
 * over a Unix socket, each behind its length.
 */
public final class PasstCable implements NetBackend {
  public static final int MTU = 65520;
  private static final String SUBNET = "10.222.0.";
  public static final String HOST = SUBNET + "1";
  public static final String GUEST = SUBNET + "15";
  private static final int LONGEST = 1 << 16;
  private static final int STEPS = 100;
  private static final int STEP_MILLIS = 100;

  private final Process passt;
  private final SocketChannel socket;
  private final ByteBuffer sent = ByteBuffer.allocateDirect(Integer.BYTES + LONGEST);

  private PasstCable(Process passt, SocketChannel socket) {
    this.passt = passt;
    this.socket = socket;
  }

  /**
   * Starts passt.
   *
   * @throws IOException if it is not installed, or does not run here
   */
  public static PasstCable start(Path folder) throws IOException, InterruptedException {
    Path path = Files.createTempDirectory("javisor-passt-").resolve("socket");
    Path log = folder.resolve("passt.log");
    Process passt =
        new ProcessBuilder(
                "passt",
                "--foreground",
                "--socket",
                path.toString(),
                "--mtu",
                "" + MTU,
                "-4",
                "--address",
                GUEST,
                "--netmask",
                "24",
                "--gateway",
                HOST,
                "--runas",
                "0")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    for (int i = 0; i < STEPS && passt.isAlive() && !Files.exists(path); i++) {
      Thread.sleep(STEP_MILLIS);
    }
    if (passt.waitFor(STEP_MILLIS, TimeUnit.MILLISECONDS)) {
      throw new IOException("passt ended: " + Files.readString(log).strip());
    }
    SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    socket.connect(UnixDomainSocketAddress.of(path));
    return new PasstCable(passt, socket);
  }

  @Override
  public void attach(NetGuest guest) {
    Thread thread = new Thread(() -> deliver(guest), "passt");
    thread.setDaemon(true);
    thread.start();
  }

  private void deliver(NetGuest guest) {
    ByteBuffer read = ByteBuffer.allocateDirect(4 * LONGEST).limit(0);
    try {
      while (true) {
        int length = need(read, Integer.BYTES).getInt();
        need(read, length);
        ByteBuffer frame = read.slice(read.position(), length);
        while (!guest.deliver(frame)) {
          Thread.onSpinWait(); // what is dropped would come much later
        }
        read.position(read.position() + length);
      }
    } catch (IOException e) {
      // It has ended, and so has whoever measures it.
    }
  }

  private ByteBuffer need(ByteBuffer read, int bytes) throws IOException {
    while (read.remaining() < bytes) {
      read.compact();
      if (socket.read(read) < 0) {
        throw new EOFException();
      }
      read.flip();
    }
    return read;
  }

  @Override
  public synchronized void transmit(NetFrame frame) {
    sent.clear().putInt(frame.length()).limit(Integer.BYTES + frame.length());
    frame.copyTo(0, sent);
    frame.complete();
    sent.rewind();
    try {
      while (sent.hasRemaining()) {
        socket.write(sent);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    passt.destroy();
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
