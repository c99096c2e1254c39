package dev.javisor.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.NetBackend;
import dev.javisor.backend.NetFrame;
import dev.javisor.backend.NetGuest;
import dev.javisor.config.NetPolicy;
import dev.javisor.error.InvalidConfigurationException;
import dev.javisor.error.NetworkException;
import dev.javisor.error.NetworkException.Reason;
import dev.javisor.internal.net.GuestPorts;
import dev.javisor.internal.net.ReachingBackend;
import dev.javisor.internal.net.ip.InternetChecksum;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A switch that this process is on, from the side of guests. */
class SwitchHostTest {
  private static final long HOST_MAC = 0x5255_0a00_0202L;
  private static final int HOST = 0x0a00_0902;
  private static final int DNS = 0x0a00_0903;
  private static final int FIRST = 0x0a00_090f;

  private final VirtualSwitch network =
      VirtualSwitch.builder()
          .user(
              user ->
                  user.network("10.0.9.0/24")
                      .policy(NetPolicy.none())
                      .listen("clock", 80, channel -> {}))
          .build();

  @AfterEach
  void close() {
    network.close();
  }

  @Test
  void shouldGiveEachGuestAnAddress_andItsPortsName() throws Exception {
    Guest a = new Guest("a", 1);
    Guest b = new Guest("b", 2);

    assertEquals("a", a.askForAddress(1));
    assertEquals("b", b.askForAddress(2));

    assertEquals(FIRST, a.address);
    assertEquals(FIRST + 1, b.address);
  }

  @Test
  void shouldGiveAddressesInThePortsOrder_whoeverAsksFirst() throws Exception {
    Guest a = new Guest("a", 1);
    Guest b = new Guest("b", 2);

    b.askForAddress(2);
    a.askForAddress(1);

    assertEquals(FIRST, a.address);
    assertEquals(FIRST + 1, b.address);
  }

  @Test
  void shouldLetGuestsFindEachOtherByName() throws Exception {
    Guest a = new Guest("a", 1);
    Guest b = new Guest("b", 2);
    a.askForAddress(1);
    b.askForAddress(2);

    assertEquals(a.address, b.resolve("a"));
    assertEquals(b.address, a.resolve("b.internal"));
    assertEquals(HOST, a.resolve("host"));
    assertEquals(FIRST + 100 - 15, a.resolve("clock"));
  }

  @Test
  void shouldGiveTheNextMachineOfAPortTheSameAddress() throws Exception {
    Guest first = new Guest("a", 1);
    first.askForAddress(1);
    first.port.detach();

    Guest second = new Guest("a", 7);
    second.askForAddress(7);

    assertEquals(first.address, second.address);
  }

  @Test
  void shouldNotLetAGuestTakeTheHostsPlace() throws Exception {
    Guest a = new Guest("a", 1);
    Guest b = new Guest("b", 2);
    a.askForAddress(1);

    b.send(b.frame(HOST_MAC, -1L >>> 16, 0, -1, 68, 67, b.discover(HOST_MAC)));
    b.send(b.frame(b.mac, -1L >>> 16, 0, -1, 68, 67, b.discover(HOST_MAC)));

    assertEquals("b", b.askForAddress(2));
    assertEquals(HOST, a.resolve("host"));
    assertEquals(1, network.counters("b").refused());
  }

  @Test
  void shouldCutTheHostOff_whenItsPortIs() throws Exception {
    Guest a = new Guest("a", 1);
    a.askForAddress(1);

    network.partition(Set.of("a"), Set.of(VirtualSwitch.HOST_PORT));
    a.ask("a");

    assertEquals(1, network.counters("a").partitioned());
    network.heal();
    assertEquals(a.address, a.resolve("a"));
  }

  @Test
  void shouldConnectJavaToAGuest_byItsPort() throws Exception {
    Guest a = new Guest("a", 1);
    Guest b = new Guest("b", 2);
    a.askForAddress(1);
    b.askForAddress(2);
    a.resolve("a");
    b.resolve("b");

    CompletableFuture<Reason> refused = CompletableFuture.supplyAsync(() -> a.connect(80));
    a.refuse();

    assertEquals(Reason.REFUSED, refused.get(20, TimeUnit.SECONDS));
    assertTrue(b.received.stream().noneMatch(SwitchHostTest::isTcp));
  }

  @Test
  void shouldAskTheGuestWhereItIs_whenItWasSilent() throws Exception {
    Guest a = new Guest("a", 1);
    a.askForAddress(1);

    CompletableFuture<Reason> refused = CompletableFuture.supplyAsync(() -> a.connect(80));
    a.next(frame -> frame.getShort(12) == 0x0806);
    a.resolve("a");
    a.refuse();

    assertEquals(Reason.REFUSED, refused.get(20, TimeUnit.SECONDS));
  }

  @Test
  void shouldForwardAPortOfTheHostToEachGuest() {
    Guest a = new Guest("a", 1);
    Guest b = new Guest("b", 2);

    int port = a.ports().hostPort(80);

    assertEquals(port, a.ports().hostPort(80));
    assertNotEquals(port, b.ports().hostPort(80));
    assertNotEquals(port, a.ports().hostPort(81));
  }

  @Test
  void shouldReachNobody_whenNoMachineIsThere() {
    Guest a = new Guest("a", 1);
    a.port.detach();

    assertEquals(Reason.NOT_RUNNING, a.connect(80));
    assertThrows(IllegalStateException.class, () -> a.ports().hostPort(80));
    try (VirtualSwitch alone = VirtualSwitch.create(1)) {
      assertEquals(Optional.empty(), ((ReachingBackend) alone.port("a")).guestPorts());
    }
  }

  @Test
  void shouldReachNobody_whenTheMachineHasNoAddress() {
    Guest a = new Guest("a", 1);

    assertEquals(Reason.NO_ADDRESS, a.connect(80, 100));
  }

  private static boolean isTcp(ByteBuffer frame) {
    return frame.getShort(12) == 0x0800 && frame.get(23) == 6;
  }

  @Test
  void shouldRefuseNamesThatNoHostCanHave_andOthers() {
    network.port("a");

    for (String name : new String[] {"node 1", "Host", "dns", "CLOCK", "A"}) {
      assertThrows(IllegalArgumentException.class, () -> network.port(name), name);
    }
    assertEquals(Set.of("host", "a"), network.ports());
  }

  @Test
  void shouldRefuseWhatNeedsOneGuest() {
    InvalidConfigurationException e =
        assertThrows(
            InvalidConfigurationException.class,
            () ->
                VirtualSwitch.builder()
                    .user(user -> user.forward(0, 80).hostName("web").network("10.0.0.0"))
                    .build());

    assertEquals(3, e.problems().size(), e::getMessage);
    assertTrue(e.getMessage().contains("VirtualMachine.forward"), e::getMessage);
  }

  @Test
  void shouldEndItsThreads_whenClosed() throws Exception {
    VirtualSwitch closed =
        VirtualSwitch.builder()
            .threads(task -> new Thread(task, "of this test"))
            .user(user -> user.network("10.0.8.0/24"))
            .build();
    assertEquals(1, threads("of this test"));

    closed.close();
    closed.close();

    assertEquals(0, threads("of this test"));
  }

  private static long threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .count();
  }

  /** A guest that asks for its address, and for names. */
  private final class Guest implements NetGuest {
    private final BlockingQueue<ByteBuffer> received = new LinkedBlockingQueue<>();
    private final NetBackend port;
    private final long mac;
    private int address;

    Guest(String name, int number) {
      port = network.port(name);
      mac = 0x0200_0000_0000L + number;
      port.attach(this);
    }

    GuestPorts ports() {
      return ((ReachingBackend) port).guestPorts().orElseThrow();
    }

    /** Why Java code does not get through to it. */
    Reason connect(int guestPort) {
      return connect(guestPort, 20_000);
    }

    Reason connect(int guestPort, long millis) {
      NetworkException e =
          assertThrows(
              NetworkException.class,
              () -> ports().connect(guestPort, TimeUnit.MILLISECONDS.toNanos(millis)));
      return e.reason();
    }

    /** Resets the next connection to it. */
    void refuse() throws InterruptedException {
      ByteBuffer syn = next(SwitchHostTest::isTcp);
      ByteBuffer reset = ByteBuffer.allocate(20);
      reset.putShort(syn.getShort(36)).putShort(syn.getShort(34));
      reset.putInt(0).putInt(syn.getInt(38) + 1).putShort((short) 0x5014);
      int pseudo = InternetChecksum.pseudoHeader(address, syn.getInt(26), 6, 20);
      int sum = InternetChecksum.add(pseudo, InternetChecksum.sum(reset.clear()));
      reset.putShort(16, (short) InternetChecksum.finish(sum));
      send(packet(mac, HOST_MAC, 6, address, syn.getInt(26), reset.array()));
    }

    void send(byte[] frame) {
      port.transmit(new HeapFrame(frame, () -> {}));
    }

    byte[] frame(long from, long to, int source, int target, int fromPort, int port, byte[] data) {
      ByteBuffer datagram = ByteBuffer.allocate(8 + data.length);
      datagram.putShort((short) fromPort).putShort((short) port);
      datagram.putShort((short) (8 + data.length)).putShort((short) 0).put(data);
      return packet(from, to, 17, source, target, datagram.array());
    }

    byte[] packet(long from, long to, int protocol, int source, int target, byte[] transport) {
      ByteBuffer frame = ByteBuffer.allocate(14 + 20 + transport.length);
      frame.putShort((short) (to >>> 32)).putInt((int) to);
      frame.putShort((short) (from >>> 32)).putInt((int) from).putShort((short) 0x0800);
      frame.putInt(0x4500_0000 | 20 + transport.length).putInt(0);
      frame.putInt(0x4000_0000 | protocol << 16).putInt(source).putInt(target);
      frame.putShort(24, (short) InternetChecksum.finish(InternetChecksum.sum(frame, 14, 20)));
      return frame.put(transport).array();
    }

    byte[] discover(long client) {
      ByteBuffer message = ByteBuffer.allocate(300);
      message.putInt(0x0101_0600).putInt(0xcafe).position(28);
      message.putShort((short) (client >>> 32)).putInt((int) client).position(236);
      message.putInt(0x6382_5363).putInt(0x3501_01ff);
      message.putShort(10, (short) (client == mac ? 0 : 0x8000)); // answered to all, or to it
      return message.array();
    }

    String askForAddress(int number) throws InterruptedException {
      return askForAddress(0x0200_0000_0000L + number, number);
    }

    /** By a client's MAC address that may not be the sender's; returns the name that it is told. */
    String askForAddress(long client, int number) throws InterruptedException {
      long from = 0x0200_0000_0000L + number;
      send(frame(from, -1L >>> 16, 0, -1, 68, 67, discover(client)));
      ByteBuffer offer = answer(67);
      address = offer.getInt(16);
      for (int at = 240; offer.get(at) != -1; at += 2 + (offer.get(at + 1) & 0xff)) {
        if (offer.get(at) == 12) {
          return US_ASCII.decode(offer.slice(at + 2, offer.get(at + 1))).toString();
        }
      }
      return "";
    }

    void ask(String name) {
      ByteBuffer query = ByteBuffer.allocate(512);
      query.putInt(0x1234_0100).putInt(0x0001_0000).putInt(0);
      for (String label : name.split("\\.")) {
        query.put((byte) label.length()).put(label.getBytes(US_ASCII));
      }
      query.put((byte) 0).putInt(0x0001_0001);
      byte[] data = new byte[query.position()];
      query.flip().get(data);
      send(frame(mac, HOST_MAC, address, DNS, 1000, 53, data));
    }

    int resolve(String name) throws InterruptedException {
      ask(name);
      ByteBuffer answer = answer(53);
      assertEquals(1, answer.getShort(6), name);
      return answer.getInt(answer.limit() - 4);
    }

    /** The payload of the next datagram from a port of the host's. */
    private ByteBuffer answer(int port) throws InterruptedException {
      return next(frame -> frame.getShort(12) == 0x0800 && frame.getShort(34) == port)
          .position(42)
          .slice();
    }

    private ByteBuffer next(Predicate<ByteBuffer> wanted) throws InterruptedException {
      while (true) {
        ByteBuffer frame = received.poll(20, TimeUnit.SECONDS);
        assertTrue(frame != null, "no answer");
        if (wanted.test(frame)) {
          return frame;
        }
      }
    }

    @Override
    public boolean deliver(ByteBuffer frame) {
      received.add(ByteBuffer.allocate(frame.remaining()).put(frame.duplicate()).flip());
      return true;
    }

    @Override
    public boolean deliver(NetFrame frame) {
      ByteBuffer copy = ByteBuffer.allocate(frame.length());
      frame.copyTo(0, copy);
      received.add(copy.flip());
      return true;
    }

    @Override
    public int mtu() {
      return 1500;
    }
  }
}
