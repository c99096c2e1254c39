package dev.javisor.internal.legacy;

import static dev.javisor.internal.legacy.SerialDriver.DATA;
import static dev.javisor.internal.legacy.SerialDriver.FCR;
import static dev.javisor.internal.legacy.SerialDriver.IER;
import static dev.javisor.internal.legacy.SerialDriver.IIR;
import static dev.javisor.internal.legacy.SerialDriver.LCR;
import static dev.javisor.internal.legacy.SerialDriver.LSR;
import static dev.javisor.internal.legacy.SerialDriver.MCR;
import static dev.javisor.internal.legacy.SerialDriver.MSR;
import static dev.javisor.internal.legacy.SerialDriver.SCR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SerialPortTest {
  private static final SerialConfig SMALL = new SerialConfig(8);

  private final SerialDriver driver = new SerialDriver();
  private final StringBuilder output = new StringBuilder();
  private int roomNotices;
  private final SerialPort port = newPort(SerialConfig.DEFAULT);

  SerialPortTest() {
    driver.connect(port);
  }

  private SerialPort newPort(SerialConfig config) {
    return LegacyDevices.serialPort(
        "serial0", config, driver, b -> output.append((char) b), () -> roomNotices++);
  }

  private SerialPort connectSmall() {
    SerialPort small = newPort(SMALL);
    driver.connect(small);
    return small;
  }

  private static int type(SerialPort port, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return port.receive(bytes, 0, bytes.length);
  }

  @Test
  void shouldBeFoundAsA16550A() {
    assertTrue(driver.probe());
  }

  @Test
  void shouldPrint_whenPolled() {
    for (char c : "Linux".toCharArray()) {
      assertEquals(0x60, driver.in(LSR) & 0x60);
      driver.out(DATA, c);
    }

    assertEquals("Linux", output.toString());
    assertEquals(0, driver.edges);
  }

  @Test
  void shouldSendAll_whenDrivenByInterrupts() {
    String text = "0123456789".repeat(10);
    driver.open();

    driver.send(text);
    driver.serveInterrupts();

    assertEquals(text, output.toString());
    assertEquals(0x05, driver.in(IER), "the driver ends by disabling the transmitter's interrupt");
  }

  @Test
  void shouldReassertTransmitterEmpty_whenEnabledAgain() {
    driver.out(IER, 0x02);
    int first = driver.in(IIR);
    int second = driver.in(IIR);
    driver.out(IER, 0);
    driver.out(IER, 0x02);
    int third = driver.in(IIR);

    assertEquals(List.of(0x02, 0x01, 0x02), List.of(first, second, third));
    assertEquals(2, driver.edges);
  }

  @Test
  void shouldSendAnEdgeForEachByte_whenIirIsReadBetween() {
    driver.out(IER, 0x02);
    driver.in(IIR);
    driver.edges = 0;

    for (int i = 0; i < 3; i++) {
      driver.out(DATA, 'x');
      driver.in(IIR);
    }

    assertEquals(3, driver.edges);
  }

  @Test
  void shouldMergeEdges_whenIirIsNotRead() {
    driver.out(IER, 0x02);
    driver.in(IIR);
    driver.edges = 0;

    for (int i = 0; i < 16; i++) {
      driver.out(DATA, 'x');
    }

    assertEquals(1, driver.edges);
  }

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
  void shouldLoopBack_whenTold() {
    driver.out(FCR, 0x01);
    driver.out(MCR, 0x10);

    driver.out(DATA, 'L');

    assertEquals('L', driver.in(DATA));
    assertEquals("", output.toString());
  }

  @Test
  void shouldHoldHostInput_whileLoopingBack() {
    driver.out(MCR, 0x10);
    type(port, "h");
    assertEquals(0, driver.in(LSR) & 0x01);

    driver.out(MCR, 0);

    assertEquals('h', driver.in(DATA));
  }

  @Test
  void shouldReportOverrun_whenLoopbackFillsTheFifo() {
    driver.out(FCR, 0x01);
    driver.out(IER, 0x04);
    driver.out(MCR, 0x10);
    for (int i = 0; i < 16; i++) {
      driver.out(DATA, 'a' + i);
    }
    assertEquals(0, driver.edges);

    driver.out(DATA, 'z');

    assertEquals(1, driver.edges);
    assertEquals(0xc6, driver.in(IIR));
    assertEquals(0x63, driver.in(LSR));
    assertEquals(0x61, driver.in(LSR), "reading clears the error");
    assertEquals(0xc1, driver.in(IIR));
    assertEquals('a', driver.in(DATA), "a full FIFO keeps what it has");
  }

  @Test
  void shouldOverwriteTheHoldingRegister_whenLoopbackOverrunsItWithoutFifo() {
    driver.out(MCR, 0x10);

    driver.out(DATA, 'a');
    driver.out(DATA, 'b');

    assertEquals(0x63, driver.in(LSR));
    assertEquals('b', driver.in(DATA));
  }

  @Test
  void shouldTellModemLineChanges() {
    assertEquals(0xb0, driver.in(MSR), "a ready other end, no changes");
    driver.out(IER, 0x08);

    driver.out(MCR, 0x10 | 0x04 | 0x02);

    assertEquals(1, driver.edges);
    assertEquals(0x00, driver.in(IIR));
    assertEquals(0x5a, driver.in(MSR), "RI and CTS on; DSR and DCD changed");
    assertEquals(0x50, driver.in(MSR), "reading clears the changes");
    driver.out(MCR, 0x10 | 0x02);
    assertEquals(0x14, driver.in(MSR), "the ring ended");
  }

  @Test
  void shouldServeCausesByPriority() {
    driver.out(FCR, 0x01);
    driver.out(MCR, 0x10);
    driver.out(IER, 0x0f);
    for (int i = 0; i < 17; i++) {
      driver.out(DATA, i);
    }

    assertEquals(0xc6, driver.in(IIR));
    driver.in(LSR);
    assertEquals(0xc4, driver.in(IIR));
    driver.out(FCR, 0x03);
    assertEquals(0xc2, driver.in(IIR));
    assertEquals(0xc0, driver.in(IIR));
    driver.in(MSR);
    assertEquals(0xc1, driver.in(IIR));
  }

  @Test
  void shouldKeepTheDivisorApartFromDataAndInterruptEnable() {
    driver.out(IER, 0x05);

    driver.out(LCR, 0x83);
    driver.out(DATA, 0x34);
    driver.out(IER, 0x12);
    int divisor = (int) port.read(0, 2);
    driver.out(LCR, 0x03);

    assertEquals(0x1234, divisor);
    assertEquals(0x05, driver.in(IER));
    assertEquals("", output.toString());
  }

  @Test
  void shouldNotDivideByZero_whenTheEarlyConsoleAsksForTheBaudRate() {
    driver.out(LCR, 0x80);

    assertNotEquals(0, port.read(0, 2));
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
  void shouldSplitWideAccesses() {
    port.write(DATA, 4, 0x03_01_00_41);

    assertEquals("A", output.toString());
    assertEquals(0x03, driver.in(LCR));
    assertEquals(0xffffff00L | driver.in(SCR), port.read(SCR, 4));
  }

  @Test
  void shouldStartOver_whenReset() {
    driver.open();
    type(port, "left over");
    driver.out(SCR, 0x77);
    SerialState fresh = newPort(SerialConfig.DEFAULT).save();

    port.reset();

    assertEquals(fresh, port.save());
  }

  @Test
  void shouldTellOfRoom_whenResetDropsTheInput() {
    SerialPort small = connectSmall();
    type(small, "abcdefghijkl");

    small.reset();

    assertEquals(1, roomNotices);
  }

  @Test
  void shouldBeStill_whileQuiesced() {
    driver.open();
    driver.serveInterrupts();
    port.quiesce();

    assertEquals(3, type(port, "abc"));
    assertEquals(0, driver.edges);
    port.resume();
    driver.serveInterrupts();

    assertEquals("abc", driver.received());
  }

  @Test
  void shouldGoOnInANewPort_whenRestored() {
    driver.open();
    type(port, "a line longer than the FIFO");
    port.quiesce();
    SerialState state = port.save();
    SerialPort copy = newPort(SerialConfig.DEFAULT);
    driver.connect(copy);
    driver.edges = 0;

    copy.quiesce();
    copy.restore(state);
    assertEquals(state, copy.save());
    assertEquals(0, driver.edges);
    copy.resume();

    assertEquals(1, driver.edges, "the edge may be lost with the old machine");
    driver.serveInterrupts();
    assertEquals("a line longer than the FIFO", driver.received());
  }

  private static SerialState state(int version, int ier, int fcr, int mcr, List<Integer> fifo) {
    return new SerialState(version, ier, fcr, 0, mcr, 0, 0, 0, 1, false, fifo, List.of());
  }

  @Test
  void shouldRefuseHostileStates() {
    SerialState before = port.save();

    List<SerialState> hostile =
        List.of(
            state(2, 0, 0, 0, List.of()),
            state(0, 0, 0, 0, List.of()),
            state(1, 0x10, 0, 0, List.of()),
            state(1, 0, 0x02, 0, List.of()),
            state(1, 0, 0, -1, List.of()),
            state(1, 0, 0, 0, List.of(1, 2)),
            state(1, 0, 1, 0, List.of(256)),
            state(1, 0, 1, 0, Collections.nCopies(17, 0)),
            new SerialState(1, 0, 0, 256, 0, 0, 0, 0, 1, false, List.of(), List.of()),
            new SerialState(1, 0, 0, 0, 0, 0x80, 0, 0, 1, false, List.of(), List.of()),
            new SerialState(1, 0, 0, 0, 0, 0, 0x10, 0, 1, false, List.of(), List.of()),
            new SerialState(1, 0, 0, 0, 0, 0, 0, 256, 1, false, List.of(), List.of()),
            new SerialState(1, 0, 0, 0, 0, 0, 0, 0, 0x10000, false, List.of(), List.of()),
            new SerialState(
                1, 0, 0, 0, 0, 0, 0, 0, 1, false, List.of(), Collections.nCopies(5000, 0)));

    for (SerialState state : hostile) {
      assertThrows(IllegalArgumentException.class, () -> port.restore(state), state.toString());
    }
    assertEquals(before, port.save());
  }

  @Test
  void shouldSurviveRandomAccesses() {
    long seed = 16550;
    Random random = new Random(seed);
    SerialPort copy = newPort(SerialConfig.DEFAULT);
    for (int i = 0; i < 50_000; i++) {
      int size = 1 << random.nextInt(4);
      long offset = random.nextInt(20) == 0 ? random.nextLong() : random.nextInt(10);
      switch (random.nextInt(4)) {
        case 0 -> port.read(offset, size);
        case 1 -> type(port, "x".repeat(random.nextInt(30)));
        default -> port.write(offset, size, random.nextLong());
      }
      if (i % 100 == 0) {
        SerialState state = port.save();
        copy.restore(state);
        assertEquals(state, copy.save(), "seed " + seed + ", step " + i);
      }
    }
    assertFalse(output.isEmpty());
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
