package dev.javisor.internal.agent.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TCP and facts. */
@Timeout(120)
class RelayProgramTest {
  @TempDir Path folder;
  private AgentProgram agent;
  private ServerSocket service;

  @BeforeEach
  void start() throws Exception {
    agent = AgentProgram.start(folder);
    service = new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
  }

  @AfterEach
  void stop() throws IOException {
    service.close();
    agent.close();
  }

  private AgentPeer connect(String address, int port) throws IOException {
    return agent
        .connect()
        .send(Frame.TCP, new Payload().u16(Frame.VERSION).u16(port).string(address));
  }

  private static byte[] readAll(AgentPeer peer) throws IOException {
    return Channels.newInputStream(peer.channel()).readAllBytes();
  }

  @Test
  void shouldRelayBothWays_andEachEnd() throws Exception {
    byte[] data = new byte[2_000_000];
    new Random(3).nextBytes(data);
    try (AgentPeer peer = connect("", service.getLocalPort());
        Socket socket = service.accept()) {
      peer.expect(Frame.STARTED);
      CompletableFuture<byte[]> request =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      peer.write(data);
      peer.channel().shutdownOutput();
      assertArrayEquals(data, request.get(60, TimeUnit.SECONDS));

      socket.getOutputStream().write("answer after the end".getBytes(UTF_8));
      socket.shutdownOutput();

      assertEquals("answer after the end", new String(readAll(peer), UTF_8));
    }
  }

  @Test
  void shouldEndTheHostsSideFirst_whenTheServiceDoes() throws Exception {
    try (AgentPeer peer = connect("localhost", service.getLocalPort());
        Socket socket = service.accept()) {
      peer.expect(Frame.STARTED);
      socket.getOutputStream().write("greeting".getBytes(UTF_8));
      socket.shutdownOutput();
      assertEquals("greeting", new String(readAll(peer), UTF_8));

      peer.write("request".getBytes(UTF_8));

      assertEquals("request", new String(socket.getInputStream().readNBytes(7), UTF_8));
    }
  }

  @Test
  void shouldPassWhatComesRightBehindTheRequest() throws Exception {
    byte[] request =
        new Frame(
                Frame.TCP,
                0,
                new Payload().u16(Frame.VERSION).u16(service.getLocalPort()).string("").bytes())
            .toBytes();
    ByteBuffer both = ByteBuffer.allocate(request.length + 60_000).put(request);
    try (AgentPeer peer = agent.connect()) {
      peer.write(both.array());
      try (Socket socket = service.accept()) {
        assertArrayEquals(new byte[60_000], socket.getInputStream().readNBytes(60_000));
      }
    }
  }

  @Test
  void shouldCloseTheService_whenTheHostGoes() throws Exception {
    AgentPeer peer = connect("127.0.0.1", service.getLocalPort());
    try (Socket socket = service.accept()) {
      peer.expect(Frame.STARTED);
      peer.close();

      assertEquals(-1, socket.getInputStream().read());
      // The service's own side is still open: the relay must notice by itself that nobody is there.
      while (!agent.descendants().isEmpty()) {
        Thread.sleep(20);
      }
    }
  }

  @Test
  void shouldTellThatNobodyListens() throws IOException {
    int port = service.getLocalPort();
    service.close();

    try (AgentPeer peer = connect("", port)) {
      peer.expectFailed(Frame.ECONNREFUSED, Frame.STAGE_CONNECT);
    }
    try (AgentPeer peer = connect("no.such.host.invalid", port)) {
      Frame failed = peer.expect(Frame.FAILED);
      assertEquals(Frame.STAGE_CONNECT, failed.u32(1));
      assertEquals("no.such.host.invalid:" + port, failed.what());
    }
  }

  @Test
  void shouldTellFacts() throws IOException {
    Map<String, String> facts = new HashMap<>();
    try (AgentPeer peer = agent.connect()) {
      peer.send(Frame.FACTS, new Payload().u16(Frame.VERSION).u16(0)).expect(Frame.STARTED);
      for (Frame data = peer.expect(Frame.DATA);
          data.payload().length > 0;
          data = peer.expect(Frame.DATA)) {
        for (String fact : new String(data.payload(), UTF_8).split("\0")) {
          facts.put(fact.substring(0, fact.indexOf('=')), fact.substring(fact.indexOf('=') + 1));
        }
      }
    }

    assertEquals(
        Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(), facts.get("kernel"));
    assertEquals(
        Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip(), facts.get("boot_id"));
    assertEquals(Files.readString(Path.of("/etc/os-release")), facts.get("os_release"));
    assertEquals("x86_64", facts.get("machine"));
    assertTrue(facts.get("addresses").contains("lo 127.0.0.1/8\n"), facts::toString);
    assertTrue(Long.parseLong(facts.get("mem_total")) > Long.parseLong(facts.get("mem_available")));
    assertTrue(Long.parseLong(facts.get("mem_available")) > 0);
    assertTrue(Long.parseLong(facts.get("uptime_ms")) > 0);
    assertTrue(Integer.parseInt(facts.get("cpus")) > 0);
    assertTrue(facts.containsKey("hostname"));
  }
}
