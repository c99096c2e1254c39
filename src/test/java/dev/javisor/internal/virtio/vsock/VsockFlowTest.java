package dev.javisor.internal.virtio.vsock;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.VsockException;
import dev.javisor.error.VsockException.Reason;
import dev.javisor.internal.virtio.vsock.VsockDriver.Packet;
import dev.javisor.internal.vsock.VsockConnection;
import dev.javisor.internal.vsock.VsockHub;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How bytes flow through vsock connections, and how many of them wait. */
class VsockFlowTest extends VsockTestBase {
  @Test
  void shouldCarryBytesBothWays() throws IOException {
    VsockConnection connection = accepted();
    vsock.sendText(GUEST, HOST, "to the host");
    ByteBuffer read = ByteBuffer.allocate(100);
    assertEquals(11, connection.read(read));
    assertEquals("to the host", new String(read.array(), 0, 11, UTF_8));

    connection.write(ByteBuffer.wrap("to the guest".getBytes(UTF_8)));

    assertEquals("to the guest", vsock.take(VsockDriver.RW).text());
    assertEquals(11, vsock.count("tx_bytes"));
    assertEquals(12, vsock.count("rx_bytes"));
  }

  @Test
  void shouldTakeHeaderAndDataFromOneBuffer() throws IOException {
    VsockConnection connection = accepted();
    byte[] header =
        VsockDriver.header(VsockDriver.CID, 2, GUEST, HOST, 3, 1, VsockDriver.RW).array();
    byte[] packet = java.util.Arrays.copyOf(header, header.length + 5);
    packet[44] = 'a';
    packet[45] = 'b';
    packet[46] = 'c';

    vsock.sendRaw(packet);

    ByteBuffer read = ByteBuffer.allocate(100);
    assertEquals(3, connection.tryRead(read));
    assertEquals("abc", new String(read.array(), 0, 3, UTF_8));
  }

  @Test
  void shouldSendNoMoreThanTheGuestHasRoomFor() throws IOException {
    vsock.buffer = 100;
    VsockConnection connection = accepted();
    connection.write(ByteBuffer.wrap(new byte[250]));

    assertEquals(100, vsock.take(VsockDriver.RW).data().length);
    vsock.take(VsockDriver.CREDIT_REQUEST);
    assertNull(vsock.next());

    vsock.forwarded = 70;
    vsock.send(GUEST, HOST, VsockDriver.CREDIT_UPDATE);
    assertEquals(70, vsock.take(VsockDriver.RW).data().length);
    vsock.take(VsockDriver.CREDIT_REQUEST);
    vsock.forwarded = 170;
    vsock.send(GUEST, HOST, VsockDriver.CREDIT_UPDATE);
    assertEquals(80, vsock.take(VsockDriver.RW).data().length);
    assertNull(vsock.next());
  }

  @Test
  void shouldTellItsRoom_whenAskedAndWhenAReaderTookMuch() throws IOException {
    VsockConnection connection = accepted();
    vsock.send(GUEST, HOST, VsockDriver.CREDIT_REQUEST);
    assertEquals(0, vsock.take(VsockDriver.CREDIT_UPDATE).forwarded());
    for (int i = 0; i < 4; i++) {
      vsock.send(GUEST, HOST, VsockDriver.RW, 0, new byte[VsockConnection.BUFFER / 4]);
    }
    assertNull(vsock.next());

    assertEquals(1000, connection.tryRead(ByteBuffer.allocate(1000)));
    assertNull(vsock.next());
    assertEquals(65536, connection.tryRead(ByteBuffer.allocate(65536)));

    assertEquals(66536, vsock.take(VsockDriver.CREDIT_UPDATE).forwarded());
  }

  @Test
  void shouldResetAGuestThatIgnoresCredit() throws IOException {
    VsockConnection connection = accepted();
    for (int i = 0; i < 4; i++) {
      vsock.send(GUEST, HOST, VsockDriver.RW, 0, new byte[VsockConnection.BUFFER / 4]);
    }
    assertTrue(connection.isOpen());

    vsock.sendText(GUEST, HOST, "x");

    vsock.take(VsockDriver.RST);
    ByteBuffer all = ByteBuffer.allocate(VsockConnection.BUFFER);
    assertEquals(VsockConnection.BUFFER, connection.read(all));
    VsockException e =
        assertThrows(VsockException.class, () -> connection.read(ByteBuffer.allocate(1)));
    assertEquals(Reason.BROKEN, e.reason());
  }

  @Test
  void shouldTakeTurns_whenManyHaveSomethingToSend() throws IOException {
    VsockConnection one = accepted();
    VsockConnection two = accepted(GUEST + 1);
    one.write(ByteBuffer.allocate(3 * VsockDriver.ROOM));
    two.write(ByteBuffer.allocate(3 * VsockDriver.ROOM));

    List<Integer> order = new ArrayList<>();
    for (Packet p; (p = vsock.next()) != null; ) {
      order.add(p.to() - GUEST);
    }

    assertEquals(List.of(0, 1, 0, 1, 0, 1), order);
  }

  @Test
  void shouldKeepBytesInOrder_whateverTheirPieces() throws IOException {
    Random random = new Random(7);
    VsockConnection connection = accepted();
    byte[] sent = new byte[1 << 20];
    random.nextBytes(sent);
    ByteBuffer got = ByteBuffer.allocate(sent.length);
    for (int at = 0; at < sent.length; ) {
      int length = Math.min(sent.length - at, 1 + random.nextInt(60_000));
      vsock.send(
          GUEST, HOST, VsockDriver.RW, 0, java.util.Arrays.copyOfRange(sent, at, at + length));
      at += length;
      while (got.position() < at - (random.nextInt(3) == 0 ? 0 : 100_000)) {
        got.limit(Math.min(got.capacity(), got.position() + 1 + random.nextInt(50_000)));
        connection.tryRead(got);
      }
      while (vsock.next() != null) {
        // Credit.
      }
    }
    got.limit(got.capacity());
    while (got.hasRemaining()) {
      connection.tryRead(got);
    }

    assertArrayEquals(sent, got.array());
  }

  @Test
  void shouldKeepLessForEach_whenThereAreMany_andAllOfItAgainAfterwards() throws IOException {
    listen();
    long promised = 0;
    int last = 0;
    for (int i = 0; i < VsockHub.MOST_CONNECTIONS; i++) {
      vsock.send(GUEST + i, HOST, VsockDriver.REQUEST);
      last = vsock.take(VsockDriver.RESPONSE).buffer();
      promised += 2L * last;
    }

    assertTrue(promised <= 64L << 20, promised + " bytes");
    assertEquals(8192, last);

    VsockConnection small = offered.get(offered.size() - 1);
    vsock.send(small.guestPort(), HOST, VsockDriver.RW, 0, new byte[last]);
    assertEquals(last, small.tryRead(ByteBuffer.allocate(2 * last)));
    assertEquals(last, small.tryWrite(ByteBuffer.allocate(2 * last)));
    for (VsockConnection connection : offered) {
      connection.close();
      vsock.send(connection.guestPort(), HOST, VsockDriver.RST);
    }
    while (vsock.next() != null) {
      // What they still had to say.
    }
    accepted();
    assertEquals(VsockConnection.BUFFER, offered.get(offered.size() - 1).window());
  }

  @Test
  void shouldTakeNoMore_whenTooMuchWaitsInConnectionsThatNobodyCloses() throws IOException {
    listen();
    int refused = 0;
    for (int i = 0; i < 4 * VsockHub.MOST_CONNECTIONS; i++) {
      vsock.send(GUEST, HOST, VsockDriver.REQUEST);
      if (vsock.next().operation() == VsockDriver.RST) {
        refused++;
      } else {
        vsock.sendText(GUEST, HOST, "unread");
        vsock.send(GUEST, HOST, VsockDriver.RST);
      }
    }

    assertTrue(refused > 0);
    VsockException e = assertThrows(VsockException.class, () -> vsock.hub.connect(GUEST));
    assertEquals(Reason.TOO_MANY, e.reason());
    assertTrue(e.getMessage().contains("were not closed"), e.getMessage());
    offered.get(0).close();
    assertEquals(6, offered.get(1).tryRead(ByteBuffer.allocate(10)));
    vsock.hub.connect(GUEST);
  }
}
