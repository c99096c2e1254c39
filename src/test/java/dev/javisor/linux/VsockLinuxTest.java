package dev.javisor.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.VsockChannel;
import dev.javisor.VsockListener;
import dev.javisor.error.VsockException;
import dev.javisor.error.VsockException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A guest's sockets to its host, both ways, with Linux's own driver. */
@Tag("linux-guest")
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class VsockLinuxTest {
  private static final int BYTES = 16 << 20;
  private static final int ECHO = 1024;
  private static final int SUM = 1025;
  private static final int HOST = 5000;
  private static final int MANY = 50;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Path socket;
  private LinuxGuest guest;

  @BeforeAll
  void boot(@TempDir Path folder) throws Exception {
    socket = folder.resolve("vsock");
    guest =
        LinuxGuest.boot(
            builder -> builder.name("vsock").memory("512M").vsock(v -> v.cid(42).socket(socket)),
            "virtio_pci",
            "vmw_vsock_virtio_transport");
    listen();
  }

  /** Starts the guest's servers. */
  private void listen() throws Exception {
    guest.run(VsockProgram.install("/echo", VsockProgram.listening(ECHO)));
    guest.run(VsockProgram.install("/sum", VsockProgram.listening(SUM)));
    guest.run(VsockProgram.install("/dial", VsockProgram.connecting(HOST)));
    guest.run("{ /echo 'exec cat' & /sum 'md5sum' & } 2> /dev/null");
    for (int port : new int[] {ECHO, SUM}) {
      connect(port).close();
    }
  }

  /** Connects, as soon as somebody listens. */
  private VsockChannel connect(int port) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return guest.vm().vsock().connect(port, PATIENCE);
      } catch (VsockException e) {
        if (e.reason() != Reason.REFUSED || System.nanoTime() > deadline) {
          throw e;
        }
        Thread.sleep(100);
      }
    }
  }

  @AfterAll
  void close() {
    if (guest != null) {
      guest.close();
    }
  }

  @Test
  @Order(1)
  void shouldEcho() throws Exception {
    try (VsockChannel channel = connect(ECHO)) {
      assertEquals("hello", echo(channel, "hello"));
      channel.shutdownOutput();
      assertEquals(-1, channel.read(ByteBuffer.allocate(1)), "cat ends, too");
    }
  }

  @Test
  @Order(2)
  void shouldCarryMegabytesToTheGuest_andTakeAnAnswerAfterHalfClose() throws Exception {
    byte[] data = new byte[BYTES];
    new Random(1).nextBytes(data);
    try (VsockChannel channel = connect(SUM)) {
      channel.write(ByteBuffer.wrap(data));
      channel.shutdownOutput();

      String answer = new String(Channels.newInputStream(channel).readAllBytes(), US_ASCII);

      assertEquals(md5(data), answer.split(" ")[0]);
    }
  }

  @Test
  @Order(2)
  void shouldCarryMegabytesFromTheGuest() throws Exception {
    guest.run("head -c %d /dev/urandom > /data".formatted(BYTES));
    String expected = guest.line("md5sum < /data").split(" ")[0];
    CompletableFuture<String> sum = new CompletableFuture<>();
    try (VsockListener listener =
        guest
            .vm()
            .vsock()
            .listen(
                HOST,
                channel -> {
                  InputStream in = Channels.newInputStream(channel);
                  sum.complete(md5(in.readAllBytes()));
                })) {
      guest.run("/dial 'cat /data'");

      assertEquals(expected, sum.get(2, TimeUnit.MINUTES));
      assertEquals(HOST, listener.port());
    }
  }

  @Test
  @Order(2)
  void shouldRefuse_whenNobodyListens() throws Exception {
    VsockException e =
        assertThrows(VsockException.class, () -> guest.vm().vsock().connect(9, PATIENCE));
    assertEquals(Reason.REFUSED, e.reason());
    // ECONNRESET.
    assertEquals("104", guest.line("/dial true; echo $?"));
  }

  @Test
  @Order(2)
  void shouldServeManyAtOnce() throws Exception {
    List<VsockChannel> channels = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      channels.add(connect(ECHO));
    }
    for (int i = 0; i < MANY; i++) {
      assertEquals("number " + i, echo(channels.get(i), "number " + i));
    }
    for (VsockChannel channel : channels) {
      channel.close();
    }
  }

  @Test
  @Order(2)
  void shouldLetOtherProgramsIn_byTheUnixSocket() throws Exception {
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      client.write(ByteBuffer.wrap("CONNECT %d\n".formatted(ECHO).getBytes(US_ASCII)));
      assertTrue(read(client, 4).startsWith("OK 1"));
      while (!read(client, 1).equals("\n")) {
        // The host's port.
      }

      assertEquals("by a socket", echo(client, "by a socket"));
    }
  }

  @Test
  @Order(3)
  void shouldEndConnections_andServeAnew_whenTheGuestReboots() throws Exception {
    VsockChannel before = connect(ECHO);
    assertEquals("before", echo(before, "before"));

    guest.type("reboot -f");
    guest.awaitShell();

    VsockException e =
        assertThrows(VsockException.class, () -> before.read(ByteBuffer.allocate(1)));
    assertEquals(Reason.GUEST_RESET, e.reason());
    listen();
    try (VsockChannel channel = connect(ECHO)) {
      assertEquals("after", echo(channel, "after"));
    }
    assertEquals(List.of(), guest.complaints());
  }

  private static String echo(ByteChannel channel, String text) throws IOException {
    channel.write(ByteBuffer.wrap(text.getBytes(US_ASCII)));
    return read(channel, text.length());
  }

  private static String read(ByteChannel channel, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
      // The rest.
    }
    return new String(bytes.array(), 0, bytes.position(), US_ASCII);
  }

  private static String md5(byte[] data) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(data));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
