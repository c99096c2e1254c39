package dev.javisor.internal.virtio.vsock;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.VsockException;
import dev.javisor.error.VsockException.Reason;
import dev.javisor.internal.vsock.VsockConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How vsock connections end, half of them or whole, by either side or by none. */
class VsockCloseTest extends VsockTestBase {
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
}
