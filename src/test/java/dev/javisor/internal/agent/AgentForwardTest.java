package dev.javisor.internal.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.agent.PortForward;
import dev.javisor.error.AgentException;
import dev.javisor.error.GuestConnectException;
import dev.javisor.error.InvalidConfigurationException;
import dev.javisor.internal.agent.program.AgentProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ports, by the real agent as a process of this machine: the guest's loopback is ours. */
@Timeout(120)
class AgentForwardTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private AgentProgram program;
  private ClientFixture fixture;
  private AgentClient agent;
  private ServerSocket service;

  @BeforeEach
  void start() throws Exception {
    program = AgentProgram.start(folder);
    fixture = new ClientFixture(timeout -> SocketAgentChannel.connect(program.socket()));
    agent = fixture.client();
    service = new ServerSocket(0, 128, InetAddress.getByName("127.0.0.1"));
  }

  @AfterEach
  void stop() throws Exception {
    service.close();
    fixture.close();
    program.close();
  }

  /** Sends back what comes, and then the end. */
  private void echo() {
    Thread acceptor =
        new Thread(
            () -> {
              try {
                while (true) {
                  Socket socket = service.accept();
                  Thread echo = new Thread(() -> echo(socket));
                  echo.setDaemon(true);
                  echo.start();
                }
              } catch (IOException e) {
                // The end of the test.
              }
            });
    acceptor.setDaemon(true);
    acceptor.start();
  }

  private static void echo(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
      socket.shutdownOutput();
    } catch (IOException e) {
      // Its client has gone.
    }
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void shouldRelayBothWays_withAnEndForEach() throws Exception {
    echo();
    byte[] much = new byte[3_000_000];
    new Random(2).nextBytes(much);
    try (PortForward forward = agent.forward(service.getLocalPort());
        Socket client = new Socket(forward.host(), forward.port())) {
      Thread writer =
          new Thread(
              () -> {
                try {
                  client.getOutputStream().write(much);
                  client.shutdownOutput();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      writer.start();

      assertArrayEquals(much, client.getInputStream().readAllBytes());
      writer.join();
    }
  }

  @Test
  void shouldServeManyClients() throws Exception {
    echo();
    try (PortForward forward = agent.forward(service.getLocalPort())) {
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        clients.add(new Socket(forward.host(), forward.port()));
        clients.get(i).getOutputStream().write(i);
      }
      for (int i = 0; i < 30; i++) {
        assertEquals(i, clients.get(i).getInputStream().read());
        clients.get(i).close();
      }
    }
  }

  @Test
  void shouldResetTheClient_whenNobodyListensInTheGuest() throws Exception {
    try (PortForward forward = agent.forward(closedPort());
        Socket client = new Socket(forward.host(), forward.port())) {
      assertThrows(SocketException.class, () -> client.getInputStream().read());
    }
  }

  @Test
  void shouldResetItsConnections_whenItIsClosed() throws Exception {
    echo();
    PortForward forward = agent.forward(service.getLocalPort());
    try (Socket client = new Socket(forward.host(), forward.port())) {
      client.getOutputStream().write('a');
      assertEquals('a', client.getInputStream().read());

      forward.close();
      forward.close();

      assertThrows(SocketException.class, () -> client.getInputStream().read());
      assertThrows(IOException.class, () -> new Socket(forward.host(), forward.port()));
    }
  }

  @Test
  void shouldResetItsConnectionsAndStay_whenTheAgentIsLost() throws Exception {
    echo();
    try (PortForward forward = agent.forward(service.getLocalPort());
        Socket client = new Socket(forward.host(), forward.port())) {
      client.getOutputStream().write('a');
      assertEquals('a', client.getInputStream().read());

      fixture.loseAgent();

      assertThrows(SocketException.class, () -> client.getInputStream().read());
      new Socket(forward.host(), forward.port()).close();
    }
  }

  @Test
  void shouldTellItsAddress() throws Exception {
    try (PortForward forward = agent.forward(80)) {
      assertEquals("127.0.0.1", forward.host());
      assertEquals(80, forward.guestPort());
      assertEquals(forward.port(), forward.address().getPort());
      assertEquals(
          URI.create("http://127.0.0.1:" + forward.port() + "/a?b=c"), forward.uri("/a?b=c"));
      assertThrows(IllegalArgumentException.class, () -> forward.uri("a"));
    }
  }

  @Test
  void shouldSayThatThePortIsTaken() {
    InvalidConfigurationException e =
        assertThrows(
            InvalidConfigurationException.class, () -> agent.forward(service.getLocalPort(), 80));

    assertTrue(e.getMessage().contains(Integer.toString(service.getLocalPort())), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> agent.forward(0));
    assertThrows(IllegalArgumentException.class, () -> agent.forward(-1, 80));
    assertThrows(IllegalArgumentException.class, () -> agent.forward(65536));
  }

  @Test
  void shouldConnectAChannel() throws Exception {
    echo();
    try (ByteChannel channel = agent.connect(service.getLocalPort(), PATIENCE)) {
      channel.write(ByteBuffer.wrap("hello".getBytes(UTF_8)));
      ByteBuffer answer = ByteBuffer.allocate(5);
      while (answer.hasRemaining()) {
        assertTrue(channel.read(answer) > 0);
      }

      assertEquals("hello", new String(answer.array(), UTF_8));
      channel.close();
      assertThrows(ClosedChannelException.class, () -> channel.read(answer.clear()));
    }
  }

  @Test
  void shouldSayThatNobodyListens() throws Exception {
    int port = closedPort();

    GuestConnectException e =
        assertThrows(GuestConnectException.class, () -> agent.connect(port, PATIENCE));

    assertEquals("ECONNREFUSED", e.errno());
    assertEquals(port, e.port());
  }

  @Test
  void shouldSayThatTheAgentIsLost_whenAChannelIsRead() throws Exception {
    echo();
    try (ByteChannel channel = agent.connect(service.getLocalPort(), PATIENCE)) {
      fixture.loseAgent();

      IOException e = assertThrows(IOException.class, () -> channel.read(ByteBuffer.allocate(1)));
      assertTrue(e.getCause() instanceof AgentException, () -> "it is " + e);
    }
  }
}
