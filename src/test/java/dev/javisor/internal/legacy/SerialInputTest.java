package dev.javisor.internal.legacy;

import static dev.javisor.internal.legacy.SerialDriver.DATA;
import static dev.javisor.internal.legacy.SerialDriver.FCR;
import static dev.javisor.internal.legacy.SerialDriver.IER;
import static dev.javisor.internal.legacy.SerialDriver.IIR;
import static dev.javisor.internal.legacy.SerialDriver.LSR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the host types, on its way to the driver. */
class SerialInputTest extends SerialFixture {
  @Test
  void shouldDeliverInput_whenDrivenByInterrupts() {
    driver.open();
    driver.serveInterrupts();

    assertEquals(5, type(port, "root\n"));
    driver.serveInterrupts();

    assertEquals("root\n", driver.received());
  }

  @Test
  void shouldDeliverInputLongerThanTheFifo() {
    String text = "abcdefghij".repeat(40);
    driver.open();

    assertEquals(400, type(port, text));
    driver.serveInterrupts();

    assertEquals(text, driver.received());
  }

  @Test
  void shouldSendAnEdge_whenInputArrivesAfterTheDriverSawTheFifoEmpty() {
    driver.open();
    type(port, "a");
    driver.in(IIR);
    driver.in(DATA);
    assertEquals(0, driver.in(LSR) & 0x01);
    driver.edges = 0;

    type(port, "b");

    assertEquals(1, driver.edges);
  }

  @Test
  void shouldSendAnEdge_whenInputCameBeforeTheInterruptWasEnabled() {
    driver.out(FCR, 0x01);
    type(port, "early");
    assertEquals(0, driver.edges);

    driver.out(IER, 0x01);

    assertEquals(1, driver.edges);
  }

  @Test
  void shouldSendAnEdge_whenASecondCauseJoinsAnUnservedOne() {
    driver.out(FCR, 0x01);
    driver.out(IER, 0x03);
    driver.edges = 0;

    type(port, "x");

    assertEquals(1, driver.edges);
    assertEquals(0xc4, driver.in(IIR));
    driver.in(DATA);
    assertEquals(0xc2, driver.in(IIR));
    assertEquals(0xc1, driver.in(IIR));
  }

  @Test
  void shouldOfferOneByteAtATime_whenTheFifoIsOff() {
    driver.out(IER, 0x01);

    type(port, "ab");
    int firstId = driver.in(IIR);
    int first = driver.in(DATA);
    int second = driver.in(DATA);

    assertEquals(List.of(0x04, (int) 'a', (int) 'b'), List.of(firstId, first, second));
    assertEquals(0x01, driver.in(IIR));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00, 0x01, 0xc1})
  void shouldDeliverAll_whenTheDriverReadsOneByteAnInterrupt(int fifoControl) {
    driver.out(FCR, fifoControl);
    driver.out(IER, 0x01);
    type(port, "one by one, beyond the FIFO");

    StringBuilder text = new StringBuilder();
    for (int served = 0; served < driver.edges; served++) {
      text.append((char) driver.in(DATA));
    }

    assertEquals("one by one, beyond the FIFO", text.toString());
  }

  @ParameterizedTest
  @CsvSource({"0x01, 1", "0x41, 4", "0x81, 8", "0xc1, 14"})
  void shouldTellTimeoutFromTriggerLevel(String control, int level) {
    driver.out(FCR, Integer.decode(control));
    driver.out(IER, 0x01);

    for (int i = 1; i < level; i++) {
      type(port, "x");
      assertEquals(0xcc, driver.in(IIR), "with " + i + " bytes");
    }
    type(port, "x");

    assertEquals(0xc4, driver.in(IIR));
  }

  @Test
  void shouldLoseTheFifoOnly_whenTheGuestClearsIt() {
    driver.out(FCR, 0x01);
    type(port, "0123456789abcdefXY");

    driver.out(FCR, 0x03);

    assertEquals('X', driver.in(DATA));
    assertEquals('Y', driver.in(DATA));
    assertEquals(0, driver.in(LSR) & 0x01);
  }

  @Test
  void shouldReadZero_whenNothingWasReceived() {
    assertEquals(0, driver.in(DATA));
  }

  @Test
  void shouldTakeOnlyWhatFits_andTellWhenThereIsRoom() {
    SerialPort small = connectSmall();

    assertEquals(9, type(small, "abcdefghijkl"), "one in the chip, eight behind it");
    assertEquals(0, type(small, "j"));
    assertEquals(0, roomNotices);
    for (int i = 0; i < 4; i++) {
      driver.in(DATA);
    }

    assertEquals(1, roomNotices);
    assertEquals(4, type(small, "jklm"));
    assertEquals(1, roomNotices);
  }

  @Test
  void shouldNotTellOfRoom_whenNobodyWaits() {
    SerialPort small = connectSmall();
    assertEquals(9, type(small, "abcdefghi"));

    for (int i = 0; i < 9; i++) {
      driver.in(DATA);
    }

    assertEquals(0, roomNotices);
  }

  @Test
  void shouldDeliverAll_whenTheListenerSendsTheRest() {
    byte[] text = "x".repeat(1000).getBytes(StandardCharsets.ISO_8859_1);
    int[] position = {0};
    SerialPort[] ports = new SerialPort[1];
    Runnable sendRest =
        () -> position[0] += ports[0].receive(text, position[0], text.length - position[0]);
    ports[0] = LegacyDevices.serialPort("serial0", SMALL, driver, b -> {}, sendRest);
    driver.connect(ports[0]);
    driver.open();

    sendRest.run();
    driver.serveInterrupts();

    assertEquals(1000, position[0]);
    assertEquals(1000, driver.received().length());
  }

  @Test
  void shouldRefuseRangesOutsideTheArray() {
    byte[] bytes = new byte[4];

    assertThrows(IndexOutOfBoundsException.class, () -> port.receive(bytes, 2, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> port.receive(bytes, -1, 1));
  }

  @Test
  @Timeout(60)
  void shouldLoseNoByteAndNoEdge_whenHostAndGuestRace() throws Exception {
    int total = 50_000;
    Semaphore edges = new Semaphore(0);
    Semaphore room = new Semaphore(0);
    SerialPort shared =
        LegacyDevices.serialPort("serial0", SMALL, edges::release, b -> {}, room::release);
    shared.write(FCR, 1, 0x81);
    shared.write(IER, 1, 0x01);
    Thread host = new Thread(() -> feed(shared, total, room), "host");

    host.start();
    int received = 0;
    while (received < total) {
      assertTrue(edges.tryAcquire(20, TimeUnit.SECONDS), "an edge is lost after " + received);
      edges.drainPermits();
      while ((shared.read(IIR, 1) & 0x01) == 0) {
        while ((shared.read(LSR, 1) & 0x01) != 0) {
          assertEquals(received & 0xff, shared.read(DATA, 1));
          received++;
        }
      }
    }
    host.join();
  }

  private static void feed(SerialPort port, int total, Semaphore room) {
    byte[] next = new byte[5];
    for (int sent = 0; sent < total; ) {
      int length = Math.min(next.length, total - sent);
      for (int i = 0; i < length; i++) {
        next[i] = (byte) (sent + i);
      }
      int taken = port.receive(next, 0, length);
      sent += taken;
      if (taken < length) {
        room.acquireUninterruptibly();
      }
    }
  }
}
