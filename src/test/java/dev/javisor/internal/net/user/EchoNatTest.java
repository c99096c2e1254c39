package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.NetPolicy;
import dev.javisor.internal.net.ip.IpAddress;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.NativeException;
import dev.javisor.internal.sys.PingSocket;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pings of others, on a host whose sockets are the test's. */
class EchoNatTest {
  private static final IpAddress ELSEWHERE = IpAddress.v4(0xc000_0201);
  private static final byte[] DATA = "0123456789".getBytes(StandardCharsets.US_ASCII);
  private static final long MILLI = 1_000_000L;

  private final List<Socket> sockets = new ArrayList<>();
  private GuestSide guest;

  /** Answers are what the test says they are. */
  private static final class Socket implements EchoSocket {
    final Queue<ByteBuffer> sent = new ArrayDeque<>();
    final Queue<ByteBuffer> answers = new ArrayDeque<>();
    long result = DATA.length + 8;
    long failure = -Errno.EAGAIN;
    boolean closed;

    @Override
    public long send(ByteBuffer message) {
      sent.add(ByteBuffer.allocate(message.remaining()).put(message.duplicate()).flip());
      return result;
    }

    @Override
    public long receive(ByteBuffer target) {
      ByteBuffer answer = answers.poll();
      if (answer == null) {
        return failure;
      }
      target.clear().put(answer).flip();
      return target.limit();
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @BeforeEach
  void start() throws Exception {
    start(NetPolicy.all());
  }

  private void start(NetPolicy policy) throws Exception {
    guest = new GuestSide(new UserSpec(null, policy, "box"));
    guest.pings =
        address -> {
          Socket socket = new Socket();
          sockets.add(socket);
          return socket;
        };
  }

  @AfterEach
  void end() {
    guest.close();
  }

  private void pass(long nanos) throws Exception {
    guest.nanos.addAndGet(nanos);
    guest.driver.turn(0);
  }

  private void assertProhibited() {
    ByteBuffer answer = GuestSide.transport(guest.next(), 1, GuestSide.GATEWAY, GuestSide.OWN);
    assertEquals(0x030d, answer.getShort(0));
  }

  @Test
  void shouldPassAPingOn_andItsAnswerBack() throws Exception {
    guest.ping(GuestSide.OWN, ELSEWHERE, DATA);
    Socket socket = sockets.get(0);
    assertEquals(8, socket.sent.peek().get(0));

    ByteBuffer answer = socket.sent.remove().put(0, (byte) 0).putShort(4, (short) 999);
    socket.answers.add(answer);
    pass(MILLI);

    ByteBuffer got = GuestSide.transport(guest.next(), 1, ELSEWHERE, GuestSide.OWN);
    assertEquals(0, got.getShort(0));
    assertEquals(0x0001_0007, got.getInt(4)); // the guest's own identifier
    byte[] same = new byte[DATA.length];
    got.get(8, same);
    assertArrayEquals(DATA, same);
  }

  @Test
  void shouldKeepOneSocketForPingsOfOneKind_andGiveItUpWhenIdle() throws Exception {
    guest.ping(GuestSide.OWN, ELSEWHERE, DATA);
    guest.ping(GuestSide.OWN, ELSEWHERE, DATA);
    assertEquals(1, sockets.size());

    pass(EchoNat.IDLE_NANOS);

    assertTrue(sockets.get(0).closed);
  }

  @Test
  void shouldPassAnswersBack_whilePingsComeAllTheTime() throws Exception {
    guest.ping(GuestSide.OWN, ELSEWHERE, DATA);
    sockets.get(0).answers.add(sockets.get(0).sent.remove());

    for (int i = 0; i < 4; i++) {
      pass(MILLI / 2);
      guest.ping(GuestSide.OWN, ELSEWHERE, DATA);
    }

    assertEquals(1, guest.received.size());
  }

  @Test
  void shouldHaveSoManySocketsAndNoMore() {
    for (int i = 0; i < EchoNat.MOST_FLOWS + 3; i++) {
      guest.ping(GuestSide.OWN, IpAddress.v4(0xc000_0201 + i), DATA);
    }

    assertEquals(3, sockets.stream().filter(socket -> socket.closed).count());
    assertTrue(sockets.get(0).closed && sockets.get(1).closed && sockets.get(2).closed);
  }

  @Test
  void shouldSayThatItIsProhibited_whereUsersMayNotPing() {
    guest.pings =
        address -> {
          throw new NativeException("socket", Errno.EACCES, "ICMP");
        };

    guest.ping(GuestSide.OWN, ELSEWHERE, DATA);

    assertProhibited();
  }

  @Test
  void shouldSayThatThereIsNoWay_whenTheHostHasNone() {
    int unreachable = 101;
    guest.pings =
        address -> {
          throw new NativeException("connect", unreachable, "ICMP");
        };

    guest.ping(GuestSide.OWN, ELSEWHERE, DATA);

    ByteBuffer answer = GuestSide.transport(guest.next(), 1, GuestSide.GATEWAY, GuestSide.OWN);
    assertEquals(0x0301, answer.getShort(0));
  }

  @Test
  void shouldOpenNothing_whenThePolicyIsAgainstIt() throws Exception {
    guest.close();
    start(NetPolicy.only("192.0.2.9", "192.0.2.1:80"));

    guest.ping(GuestSide.OWN, ELSEWHERE, DATA); // of which one port only is allowed

    assertProhibited();
    assertTrue(sockets.isEmpty());
    assertEquals(1, guest.counters.refused);
    guest.ping(GuestSide.OWN, IpAddress.v4(0xc000_0209), DATA);
    assertEquals(1, sockets.size());
  }

  @Test
  void shouldGiveUpASocketThatFails_andCloseAllAtTheEnd() throws Exception {
    guest.ping(GuestSide.OWN, ELSEWHERE, DATA);
    guest.ping(GuestSide.OWN, IpAddress.v4(0xc000_0209), DATA);
    sockets.get(0).failure = -Errno.EIO;

    pass(MILLI);
    assertTrue(sockets.get(0).closed);
    guest.close();

    assertTrue(sockets.get(1).closed);
  }

  /** By one read: the kernel has no more to say at the second. */
  private static String[] pingGroups() throws IOException {
    try (InputStream file = new FileInputStream("/proc/sys/net/ipv4/ping_group_range")) {
      byte[] bytes = new byte[64];
      return new String(bytes, 0, file.read(bytes), StandardCharsets.US_ASCII)
          .strip()
          .split("\\s+");
    }
  }

  @Test
  void shouldPingThisHost_orSayThatUsersMayNot() throws Exception {
    String[] range = pingGroups();
    long group = ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:gid")).longValue();
    boolean allowed = Long.parseLong(range[0]) <= group && group <= Long.parseLong(range[1]);

    long result;
    try (PingSocket socket = PingSocket.connect(new byte[] {127, 0, 0, 1})) {
      ByteBuffer echo = ByteBuffer.allocate(16).put(0, (byte) 8).putShort(6, (short) 5);
      result = socket.trySend(echo);
      ByteBuffer answer = ByteBuffer.allocate(65536);
      long end = System.nanoTime() + 10_000_000_000L;
      while (socket.tryReceive(answer) == -Errno.EAGAIN && System.nanoTime() < end) {
        Thread.sleep(1);
      }
      assertEquals(16, answer.limit());
      assertEquals(0, answer.get(0));
      assertEquals(5, answer.getShort(6));
    } catch (NativeException e) {
      result = -e.errno();
    }

    assertEquals(allowed ? 16 : -Errno.EACCES, result);
  }
}
