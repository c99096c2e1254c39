package dev.javisor.internal.virtio.vsock;

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
import org.junit.jupiter.api.Test;

/** A vsock device from its driver's side: who reaches whom, and what is refused. */
class VirtioVsockTest extends VsockTestBase {
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
  void shouldRefuse_whenNobodyListensOnTheHost() {
    vsock.send(GUEST, HOST, VsockDriver.REQUEST);

    Packet answer = vsock.take(VsockDriver.RST);
    assertEquals(HOST, answer.from());
    assertEquals(GUEST, answer.to());
    assertEquals(1, vsock.count("refused"));
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
}
