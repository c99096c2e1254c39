package dev.javisor.internal.virtio.vsock;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.unix.UnixSockets;
import dev.javisor.internal.virtio.vsock.VsockDriver.Packet;
import dev.javisor.internal.vsock.VsockConnection;
import dev.javisor.internal.vsock.unix.HybridSocket;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Other processes' way to the guest, with a driver on the other side. */
@Timeout(60)
class HybridSocketTest {
  private static final int GUEST = 1024;

  @TempDir private Path folder;
  private final VsockDriver vsock = new VsockDriver().start();
  private Path path;
  private HybridSocket socket;

  @BeforeEach
  void listen() throws IOException {
    path = folder.resolve("vsock");
    socket = new HybridSocket(vsock.hub, path, (role, task) -> daemon(role, task));
  }

  private static Thread daemon(String role, Runnable task) {
    Thread thread = new Thread(task, role);
    thread.setDaemon(true);
    return thread;
  }

  @AfterEach
  void close() {
    vsock.close();
    socket.close();
    assertFalse(Files.exists(path), "it is gone");
  }

  @Test
  void shouldConnectAClientToTheGuest_andCarryBothWays_andHalfClose() throws Exception {
    try (SocketChannel client = client("CONNECT 1024\nearly")) {
      Packet request = await(VsockDriver.REQUEST);
      assertEquals(GUEST, request.to());
      vsock.send(GUEST, request.from(), VsockDriver.RESPONSE);

      assertEquals("OK " + request.from() + "\n", read(client));
      assertEquals("early", await(VsockDriver.RW).text());
      vsock.sendText(GUEST, request.from(), "hello");
      assertEquals("hello", read(client));

      client.shutdownOutput();
      assertEquals(2, await(VsockDriver.SHUTDOWN).flags());
      vsock.sendText(GUEST, request.from(), "bye");
      assertEquals("bye", read(client));
      vsock.send(GUEST, request.from(), VsockDriver.SHUTDOWN, 3, new byte[0]);
      assertEquals("", read(client));
    }
  }

  @Test
  void shouldHangUp_whenTheGuestRefuses() throws Exception {
    try (SocketChannel client = client("CONNECT 1024\n")) {
      Packet request = await(VsockDriver.REQUEST);
      vsock.send(GUEST, request.from(), VsockDriver.RST);

      assertEquals("", read(client));
    }
  }

  @Test
  void shouldHangUp_whenTheCommandIsNone() throws Exception {
    for (String words :
        new String[] {
          "HELLO\n", "CONNECT\n", "CONNECT -1\n", "CONNECT 4294967295\n", "x".repeat(40)
        }) {
      try (SocketChannel client = client(words)) {
        assertEquals("", readOrReset(client), words);
      }
    }
  }

  @Test
  void shouldConnectTheGuestToTheSocketOfItsPort() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path + "_5000"));
      vsock.send(GUEST, 5000, VsockDriver.REQUEST);
      await(VsockDriver.RESPONSE);
      vsock.sendText(GUEST, 5000, "hello");
      try (SocketChannel accepted = server.accept()) {
        assertEquals("hello", read(accepted));
        accepted.write(ByteBuffer.wrap("answer".getBytes(US_ASCII)));
        assertEquals("answer", await(VsockDriver.RW).text());
      }
      await(VsockDriver.SHUTDOWN);
    }
  }

  @Test
  void shouldCutOffAClientThatTakesNothing() throws Exception {
    Path other = folder.resolve("impatient");
    try (HybridSocket impatient =
            new HybridSocket(vsock.hub, other, HybridSocketTest::daemon, Duration.ofMillis(200));
        SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(other))) {
      client.write(ByteBuffer.wrap("CONNECT 1024\n".getBytes(US_ASCII)));
      Packet request = await(VsockDriver.REQUEST);
      vsock.send(GUEST, request.from(), VsockDriver.RESPONSE);
      assertEquals("OK " + request.from() + "\n", read(client));

      int sent = 0;
      int forwarded = 0;
      Packet packet;
      do {
        if (sent - forwarded + VsockDriver.ROOM <= VsockConnection.BUFFER) {
          vsock.send(GUEST, request.from(), VsockDriver.RW, 0, new byte[VsockDriver.ROOM]);
          sent += VsockDriver.ROOM;
        } else {
          Thread.sleep(2);
        }
        packet = vsock.next();
        forwarded = packet == null ? forwarded : packet.forwarded();
      } while (packet == null || packet.operation() != VsockDriver.SHUTDOWN);

      assertEquals(3, packet.flags());
    }
  }

  @Test
  void shouldRefuseTheGuest_whenNobodyIsThere() throws Exception {
    vsock.send(GUEST, 5001, VsockDriver.REQUEST);
    await(VsockDriver.RST);
  }

  @Test
  void shouldReplaceAStaleSocket_andNothingElse() throws Exception {
    Path stale = folder.resolve("stale");
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(stale));
    server.close();
    assertTrue(UnixSockets.problem(stale).isEmpty());
    new HybridSocket(vsock.hub, stale, HybridSocketTest::daemon).close();
    Path file = Files.createFile(folder.resolve("file"));

    assertTrue(UnixSockets.problem(file).isPresent());
    assertThrows(
        IOException.class, () -> new HybridSocket(vsock.hub, file, HybridSocketTest::daemon));
    assertThrows(
        IOException.class, () -> new HybridSocket(vsock.hub, path, HybridSocketTest::daemon));
  }

  private SocketChannel client(String words) throws IOException {
    SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path));
    client.write(ByteBuffer.wrap(words.getBytes(US_ASCII)));
    return client;
  }

  private static String read(SocketChannel client) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(100);
    client.read(bytes);
    return new String(bytes.array(), 0, bytes.position(), US_ASCII);
  }

  private static String readOrReset(SocketChannel client) {
    try {
      return read(client);
    } catch (IOException e) {
      // Words that nobody read.
      return "";
    }
  }

  /** Waits for a packet other than those about credit. */
  private Packet await(int operation) throws InterruptedException {
    while (true) {
      Packet packet = vsock.next();
      if (packet == null) {
        Thread.sleep(2);
      } else if (packet.operation() != VsockDriver.CREDIT_UPDATE) {
        assertEquals(operation, packet.operation(), packet::toString);
        return packet;
      }
    }
  }
}
