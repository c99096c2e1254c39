package dev.javisor.internal.virtio.vsock;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.VsockException;
import dev.javisor.error.VsockException.Reason;
import dev.javisor.internal.virtio.VirtioDriver;
import dev.javisor.internal.virtio.VirtioPciState;
import dev.javisor.internal.virtio.vsock.VsockDriver.Packet;
import dev.javisor.internal.vsock.VsockConnection;
import dev.javisor.internal.vsock.VsockHub;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A vsock device from its driver's side, and its connections from the host's. */
@Timeout(60)
class VirtioVsockTest {
  private static final int GUEST = 1024;
  private static final int HOST = 5000;
  private static final int BOTH = 3;
  private static final int NO_SEND = 2;
  private static final int NO_RECEIVE = 1;

  private final VsockDriver vsock = new VsockDriver().start();
  private final List<VsockConnection> offered = new ArrayList<>();

  @AfterEach
  void close() {
    vsock.close();
  }

  @Test
  void shouldTellTheGuestItsAddress() {
    assertEquals(VsockDriver.CID, vsock.driver.read(4, 0, 4));
    assertEquals(0, vsock.driver.read(4, 4, 4));
    assertEquals(0x1053, vsock.driver.pci().read(1, 2, 2));
  }

  @Test
  void shouldConnectToTheGuest() throws IOException {
    VsockConnection connection = vsock.hub.connect(GUEST);
    Packet request = vsock.take(VsockDriver.REQUEST);
    assertEquals(GUEST, request.to());
    assertEquals(connection.hostPort(), request.from());
    assertEquals(VsockConnection.BUFFER, request.buffer());
    assertFalse(connection.isOpen());

    vsock.send(GUEST, request.from(), VsockDriver.RESPONSE);

    assertTrue(connection.isOpen());
    connection.awaitOpen(0);
    assertNull(vsock.next());
  }

  @Test
  void shouldSayRefused_whenNobodyListensInTheGuest() throws IOException {
    VsockConnection connection = vsock.hub.connect(GUEST);
    Packet request = vsock.take(VsockDriver.REQUEST);

    vsock.send(GUEST, request.from(), VsockDriver.RST);

    VsockException e = assertThrows(VsockException.class, () -> connection.awaitOpen(1));
    assertEquals(Reason.REFUSED, e.reason());
    assertTrue(e.getMessage().contains("port 1024"), e.getMessage());
  }

  @Test
  void shouldSayTimedOut_andWithdraw_whenTheGuestDoesNotAnswer() throws IOException {
    VsockConnection connection = vsock.hub.connect(GUEST);
    vsock.take(VsockDriver.REQUEST);

    VsockException e = assertThrows(VsockException.class, () -> connection.awaitOpen(1_000_000));

    assertEquals(Reason.TIMED_OUT, e.reason());
    vsock.take(VsockDriver.RST);
  }

  @Test
  void shouldSayThatThereIsNoDriver_whenNoneTookTheRequest() throws IOException {
    vsock.driver.reset();
    VsockConnection connection = vsock.hub.connect(GUEST);

    VsockException e = assertThrows(VsockException.class, () -> connection.awaitOpen(1_000_000));

    assertTrue(e.getMessage().contains("no driver"), e.getMessage());
    vsock.start();
    assertNull(vsock.next());
  }

  @Test
  void shouldConnectOnceTheDriverStarts_whenAskedBefore() throws IOException {
    vsock.driver.reset();
    VsockConnection connection = vsock.hub.connect(GUEST);

    vsock.start();

    Packet request = vsock.take(VsockDriver.REQUEST);
    vsock.send(GUEST, request.from(), VsockDriver.RESPONSE);
    assertTrue(connection.isOpen());
  }

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
  void shouldRefuse_whenNobodyListensOnTheHost() {
    vsock.send(GUEST, HOST, VsockDriver.REQUEST);

    Packet answer = vsock.take(VsockDriver.RST);
    assertEquals(HOST, answer.from());
    assertEquals(GUEST, answer.to());
    assertEquals(1, vsock.count("refused"));
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
  void shouldEndTheStream_whenTheGuestSendsNoMore_andStillWrite() throws IOException {
    VsockConnection connection = accepted();
    vsock.sendText(GUEST, HOST, "last");
    vsock.send(GUEST, HOST, VsockDriver.SHUTDOWN, NO_SEND, new byte[0]);

    assertEquals(4, connection.read(ByteBuffer.allocate(10)));
    assertEquals(-1, connection.read(ByteBuffer.allocate(10)));
    connection.write(ByteBuffer.wrap("answer".getBytes(UTF_8)));

    assertEquals("answer", vsock.take(VsockDriver.RW).text());
  }

  @Test
  void shouldRefuseToWrite_whenTheGuestReadsNoMore() throws IOException {
    VsockConnection connection = accepted();
    vsock.send(GUEST, HOST, VsockDriver.SHUTDOWN, NO_RECEIVE, new byte[0]);

    VsockException e =
        assertThrows(VsockException.class, () -> connection.write(ByteBuffer.allocate(1)));

    assertEquals(Reason.RESET, e.reason());
    vsock.sendText(GUEST, HOST, "more");
    assertEquals(4, connection.read(ByteBuffer.allocate(10)));
  }

  @Test
  void shouldAnswerTheGuestsClose_andKeepWhatItSent() throws IOException {
    VsockConnection connection = accepted();
    vsock.sendText(GUEST, HOST, "last");
    vsock.send(GUEST, HOST, VsockDriver.SHUTDOWN, BOTH, new byte[0]);

    vsock.take(VsockDriver.RST);
    assertEquals(4, connection.read(ByteBuffer.allocate(10)));
    assertEquals(-1, connection.read(ByteBuffer.allocate(10)));
    assertThrows(VsockException.class, () -> connection.write(ByteBuffer.allocate(1)));
    assertFalse(connection.isOpen());
  }

  @Test
  void shouldTellOfHalfClose_afterWhatWasWritten() throws IOException {
    VsockConnection connection = accepted();
    connection.write(ByteBuffer.wrap("last".getBytes(UTF_8)));
    connection.shutdownOutput();

    assertEquals("last", vsock.take(VsockDriver.RW).text());
    assertEquals(NO_SEND, vsock.take(VsockDriver.SHUTDOWN).flags());
    assertThrows(
        ClosedChannelException.class, () -> connection.write(ByteBuffer.wrap(new byte[1])));
    vsock.sendText(GUEST, HOST, "answer");
    assertEquals(6, connection.read(ByteBuffer.allocate(10)));
  }

  @Test
  void shouldDropWhatComes_onceInputIsShut() throws IOException {
    VsockConnection connection = accepted();
    vsock.sendText(GUEST, HOST, "unread");
    connection.shutdownInput();

    assertEquals(-1, connection.read(ByteBuffer.allocate(10)));
    assertEquals(NO_RECEIVE, vsock.take(VsockDriver.SHUTDOWN).flags());
    for (int i = 0; i < 16; i++) {
      vsock.send(GUEST, HOST, VsockDriver.RW, 0, new byte[VsockConnection.BUFFER / 4]);
      vsock.take(VsockDriver.CREDIT_UPDATE);
    }
    assertTrue(connection.isOpen());
  }

  @Test
  void shouldClose_onceTheGuestHasAll() throws IOException {
    VsockConnection connection = accepted();
    connection.write(ByteBuffer.wrap("last".getBytes(UTF_8)));
    connection.close();

    assertEquals(NO_RECEIVE, vsock.take(VsockDriver.SHUTDOWN).flags());
    assertEquals("last", vsock.take(VsockDriver.RW).text());
    assertEquals(BOTH, vsock.take(VsockDriver.SHUTDOWN).flags());
    vsock.send(GUEST, HOST, VsockDriver.RST);
    assertNull(vsock.next());
    assertEquals(0, vsock.later.size(), "nothing is due any more");
    assertThrows(ClosedChannelException.class, () -> connection.read(ByteBuffer.allocate(1)));
  }

  @Test
  void shouldResetAGuestThatDoesNotAnswerAClose() throws IOException {
    VsockConnection connection = accepted();
    connection.close();
    vsock.take(VsockDriver.SHUTDOWN);
    assertEquals(1, vsock.later.size());

    vsock.later.remove(0).run();

    vsock.take(VsockDriver.RST);
    vsock.send(GUEST, HOST, VsockDriver.REQUEST);
    vsock.take(VsockDriver.RESPONSE);
  }

  @Test
  void shouldEndWithATypedError_whenTheGuestResets() throws IOException {
    VsockConnection connection = accepted();
    vsock.send(GUEST, HOST, VsockDriver.RST);

    VsockException e =
        assertThrows(VsockException.class, () -> connection.read(ByteBuffer.allocate(1)));

    assertEquals(Reason.RESET, e.reason());
    assertNull(vsock.next());
  }

  @Test
  void shouldEndAllConnections_whenTheDriverStartsAnew() throws IOException {
    VsockConnection connection = accepted();

    vsock.start();

    VsockException e =
        assertThrows(VsockException.class, () -> connection.read(ByteBuffer.allocate(1)));
    assertEquals(Reason.GUEST_RESET, e.reason());
    assertNull(vsock.next());
    vsock.send(GUEST, HOST, VsockDriver.REQUEST);
    vsock.take(VsockDriver.RESPONSE);
  }

  @Test
  void shouldTellTheDriver_whenItsStateIsRestored() throws IOException {
    accepted();
    VirtioPciState<VsockState> state = vsock.driver.pauseAndSave();
    assertEquals(new VsockState(VsockState.VERSION), state.device());
    try (VsockDriver heir = new VsockDriver(vsock.driver.memory())) {
      heir.driver.device().quiesce();
      heir.driver.device().restore(state);
      heir.driver.device().resume();
      VsockConnection connection = heir.hub.connect(GUEST);
      vsock.give(1, 4096);
      var events = vsock.driver.queue(VirtioVsock.EVENT);
      heir.driver.workers().run();
      assertNull(vsock.poll(), "nothing before the driver knows");

      var event = events.writable(4);
      vsock.driver.memory().writeInt(event.gpa(), -1);
      events.add(event);
      heir.driver.kick(VirtioVsock.EVENT);

      assertEquals(4, events.take().written());
      assertEquals(0, vsock.driver.memory().readInt(event.gpa()));
      Packet request = vsock.poll();
      assertEquals(connection.hostPort(), request.from());
    }
  }

  @Test
  void shouldEndAllAtOnce_whenTheMachineEnds() throws Exception {
    VsockConnection connection = accepted();
    List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
    Thread reader = blocked(failures, () -> connection.read(ByteBuffer.allocate(1)));
    Thread writer =
        blocked(failures, () -> connection.write(ByteBuffer.allocate(2 * VsockConnection.BUFFER)));

    vsock.driver.close();
    reader.join();
    writer.join();

    for (Throwable failure : failures) {
      assertEquals(Reason.NOT_RUNNING, ((VsockException) failure).reason());
    }
    assertEquals(2, failures.size());
    VsockException e = assertThrows(VsockException.class, () -> vsock.hub.connect(GUEST));
    assertEquals(Reason.NOT_RUNNING, e.reason());
  }

  @Test
  void shouldWakeAReader_whenAnotherThreadClosesOrInterrupts() throws Exception {
    VsockConnection connection = accepted();
    List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
    Thread reader = blocked(failures, () -> connection.read(ByteBuffer.allocate(1)));
    connection.close();
    reader.join();
    vsock.take(VsockDriver.SHUTDOWN);
    VsockConnection other = accepted(GUEST + 1);
    Thread interrupted = blocked(failures, () -> other.read(ByteBuffer.allocate(1)));
    interrupted.interrupt();
    interrupted.join();

    assertEquals(java.nio.channels.AsynchronousCloseException.class, failures.get(0).getClass());
    assertEquals(java.nio.channels.ClosedByInterruptException.class, failures.get(1).getClass());
    assertFalse(other.notClosed());
  }

  @Test
  void shouldBoundConnections() throws IOException {
    listen();
    for (int i = 0; i < VsockHub.MOST_CONNECTIONS; i++) {
      vsock.send(GUEST + i, HOST, VsockDriver.REQUEST);
      assertEquals(VsockDriver.RESPONSE, vsock.next().operation());
    }

    vsock.send(1, HOST, VsockDriver.REQUEST);

    vsock.take(VsockDriver.RST);
    VsockException e = assertThrows(VsockException.class, () -> vsock.hub.connect(GUEST));
    assertEquals(Reason.TOO_MANY, e.reason());
    vsock.send(GUEST, HOST, VsockDriver.RST);
    vsock.hub.connect(GUEST);
    vsock.take(VsockDriver.REQUEST);
  }

  @Test
  void shouldStopListening_whileTheGuestTakesNoAnswers_andGoOnAfterwards() {
    int sent = 0;
    while (sent < 2000 && vsock.driver.queue(VirtioVsock.TRANSMIT).usedIndex() == sent) {
      try {
        vsock.send(sent + 1, HOST, VsockDriver.REQUEST);
      } catch (IllegalStateException e) {
        break;
      }
      sent++;
    }
    int taken = vsock.driver.queue(VirtioVsock.TRANSMIT).usedIndex();
    assertTrue(taken >= 200 && taken < 400, taken + " taken");

    int answers = 0;
    while (vsock.next() != null) {
      answers++;
    }

    assertTrue(answers > taken, answers + " answers");
    assertEquals(answers, vsock.driver.queue(VirtioVsock.TRANSMIT).usedIndex());
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
  void shouldDropPacketsWithWrongAddresses() {
    listen();
    byte[] wrongSource = VsockDriver.header(7, 2, GUEST, HOST, 0, 1, VsockDriver.REQUEST).array();
    byte[] wrongTarget =
        VsockDriver.header(VsockDriver.CID, 3, GUEST, HOST, 0, 1, VsockDriver.REQUEST).array();

    vsock.sendRaw(wrongSource);
    vsock.sendRaw(wrongTarget);

    assertNull(vsock.next());
    assertEquals(2, vsock.count("dropped"));
  }

  @Test
  void shouldAnswerUnknownTypesAndStrayPacketsWithReset() {
    listen();
    vsock.sendRaw(
        VsockDriver.header(VsockDriver.CID, 2, GUEST, HOST, 0, 9, VsockDriver.REQUEST).array());
    vsock.take(VsockDriver.RST);
    vsock.sendText(GUEST, HOST, "of no connection");
    vsock.take(VsockDriver.RST);
    vsock.send(GUEST, HOST, VsockDriver.RST);
    assertNull(vsock.next());
  }

  @Test
  void shouldResetTheConnection_whenAPacketIsShorterThanItSays() throws IOException {
    VsockConnection connection = accepted();

    vsock.sendRaw(
        VsockDriver.header(VsockDriver.CID, 2, GUEST, HOST, -1, 1, VsockDriver.RW).array());

    vsock.take(VsockDriver.RST);
    VsockException e =
        assertThrows(VsockException.class, () -> connection.read(ByteBuffer.allocate(1)));
    assertEquals(Reason.BROKEN, e.reason());
    assertEquals(0, vsock.driver.status() & VirtioDriver.NEEDS_RESET);
  }

  @Test
  void shouldNeedAReset_whenAPacketHasNoWholeHeader_orARoomNone() {
    vsock.sendRaw(new byte[20]);
    assertNotEquals(0, vsock.driver.status() & VirtioDriver.NEEDS_RESET);
    vsock.start();
    vsock.send(GUEST, HOST, VsockDriver.REQUEST);
    vsock.give(1, 44);
    assertNotEquals(0, vsock.driver.status() & VirtioDriver.NEEDS_RESET);
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

  private interface Call {
    void run() throws IOException;
  }

  private static Thread blocked(List<Throwable> failures, Call call) throws InterruptedException {
    Thread thread =
        new Thread(
            () -> {
              try {
                call.run();
              } catch (IOException | RuntimeException e) {
                failures.add(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.sleep(1);
    }
    return thread;
  }

  private void listen() {
    vsock.hub.listen(
        HOST,
        connection -> {
          offered.add(connection);
          connection.accept();
          return true;
        });
  }

  private VsockConnection accepted() {
    return accepted(GUEST);
  }

  private VsockConnection accepted(int guestPort) {
    listen();
    vsock.send(guestPort, HOST, VsockDriver.REQUEST);
    vsock.take(VsockDriver.RESPONSE);
    return offered.get(offered.size() - 1);
  }
}
