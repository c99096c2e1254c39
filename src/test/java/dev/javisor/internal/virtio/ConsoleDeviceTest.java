package dev.javisor.internal.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.virtio.DriverQueue.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsoleDeviceTest {
  private static final int DEVICE_CONFIG = 4;
  private static final int RECEIVE = 0;
  private static final int TRANSMIT = 1;

  private final StringBuilder printed = new StringBuilder();
  private int roomNotices;
  private final VirtioConsole console = console(new ConsoleConfig(80, 25, 16));
  private final VirtioDriver<ConsoleState> driver = new VirtioDriver<>(console);

  @AfterEach
  void close() {
    driver.close();
  }

  private VirtioConsole console(ConsoleConfig config) {
    return VirtioDevices.console(
        "console0",
        config,
        (bytes, offset, length) ->
            printed.append(new String(bytes, offset, length, StandardCharsets.ISO_8859_1)),
        () -> roomNotices++);
  }

  private int type(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    int taken = console.receive(bytes, 0, bytes.length);
    driver.workers().run();
    return taken;
  }

  private static String text(DriverQueue queue, Buffer buffer, int length) {
    return new String(queue.bytes(buffer), 0, length, StandardCharsets.ISO_8859_1);
  }

  @Test
  void shouldBeAConsoleWithASizeAndOnePort() {
    assertEquals(0x1043, driver.pci().read(1, 2, 2));
    assertEquals(0b101, driver.features() & 0xff_ffff);
    assertEquals(2, driver.read(1, 0x12, 2));
    assertEquals(80, driver.read(DEVICE_CONFIG, 0, 2));
    assertEquals(25, driver.read(DEVICE_CONFIG, 2, 2));
    assertEquals(80 | 25 << 16, driver.read(DEVICE_CONFIG, 0, 8));
    assertEquals(25, driver.read(DEVICE_CONFIG, 2, 1));
    assertEquals(0, driver.read(DEVICE_CONFIG, 8, 4));
  }

  @Test
  void shouldPrintWhatTheGuestSends() {
    driver.start(0, 8, 8);
    DriverQueue queue = driver.queue(TRANSMIT);
    queue.add(queue.readable("hello, "), queue.readable("world"));
    queue.add(queue.readable("!"));

    driver.kick(TRANSMIT);

    assertEquals("hello, world!", printed.toString());
    assertEquals(0, queue.take().written());
    assertEquals(0, queue.take().written());
    assertNull(queue.poll());
    assertEquals(List.of(TRANSMIT + 1), driver.interrupts());
  }

  @Test
  void shouldPrintALongRequestInRounds_andGiveItBackAtTheEnd() {
    driver.start(0, 8, 8);
    DriverQueue queue = driver.queue(TRANSMIT);
    byte[] text = new byte[1 << 20];
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) (i % 251);
    }
    queue.add(queue.readable(text));
    queue.add(queue.readable("end"));

    driver.kick(TRANSMIT);

    String expected = new String(text, StandardCharsets.ISO_8859_1) + "end";
    assertTrue(expected.contentEquals(printed));
    queue.take();
    queue.take();
  }

  @Test
  void shouldPrintALongRequestOnce_whenTheMachineIsSavedWithinIt() {
    ManualWorkers workers = new ManualWorkers();
    VirtioConsole first = console(ConsoleConfig.DEFAULT);
    try (VirtioDriver<ConsoleState> before = new VirtioDriver<>(first, workers)) {
      before.start(0, 8, 8);
      workers.run();
      DriverQueue queue = before.queue(TRANSMIT);
      String text = "0123456789abcdef".repeat(64 << 10);
      queue.add(queue.readable(text));
      before.notifyDevice(TRANSMIT);
      workers.run(0);
      before.device().quiesce();
      VirtioPciState<ConsoleState> state = before.device().save();
      assertTrue(state.device().transmitted() > 0);
      assertTrue(state.device().transmitted() < text.length());

      try (VirtioDriver<ConsoleState> after =
          new VirtioDriver<>(
              console(ConsoleConfig.DEFAULT), new ManualWorkers(), before.memory())) {
        after.device().quiesce();
        after.device().restore(state);
        after.device().resume();
        after.workers().run();
      }

      assertTrue(text.contentEquals(printed));
      queue.take();
    }
  }

  @Test
  void shouldPrintAByte_whenADriverIsNotReady() {
    driver.write(DEVICE_CONFIG, 8, 4, 'x');

    assertEquals("x", printed.toString());
  }

  @Test
  void shouldIgnoreWritesToTheRestOfTheConfiguration() {
    driver.write(DEVICE_CONFIG, 0, 4, 0x1234_5678);
    driver.write(DEVICE_CONFIG, 4, 8, 0x78_0000_0079L);

    assertEquals("", printed.toString());
    assertEquals(80, driver.read(DEVICE_CONFIG, 0, 2));
  }

  @Test
  void shouldDeliverInput() {
    driver.start(0, 8, 8);
    DriverQueue queue = driver.queue(RECEIVE);
    Buffer one = queue.writable(3);
    Buffer two = queue.writable(64);
    queue.add(one);
    queue.add(two);
    driver.kick(RECEIVE);
    assertNull(queue.poll());

    assertEquals(5, type("hello"));

    assertEquals(3, queue.take().written());
    assertEquals(2, queue.take().written());
    assertEquals("hel", text(queue, one, 3));
    assertEquals("lo", text(queue, two, 2));
    assertEquals(List.of(RECEIVE + 1), driver.interrupts());
  }

  @Test
  void shouldKeepInputUntilTheDriverIsReadyAndHasBuffers() {
    assertEquals(2, type("ls"));
    driver.start(0, 8, 8);
    driver.workers().run();
    DriverQueue queue = driver.queue(RECEIVE);
    Buffer buffer = queue.writable(64);

    queue.add(buffer);
    driver.kick(RECEIVE);

    assertEquals(2, queue.take().written());
    assertEquals("ls", text(queue, buffer, 2));
  }

  @Test
  void shouldTakeWhatFits_andTellOnceWhenThereIsRoom() {
    driver.start(0, 8, 8);
    DriverQueue queue = driver.queue(RECEIVE);
    assertEquals(16, type("0123456789abcdefXYZ"));
    assertEquals(0, type("XYZ"));

    queue.add(queue.writable(4));
    driver.kick(RECEIVE);
    assertEquals(0, roomNotices);
    Buffer rest = queue.writable(64);
    queue.add(rest);
    driver.kick(RECEIVE);

    assertEquals(1, roomNotices);
    assertEquals("456789abcdef", text(queue, rest, 12));
    assertEquals(3, type("XYZ"));
  }

  @Test
  void shouldGiveBuffersWithoutRoomBackEmpty() {
    driver.start(0, 8, 8);
    DriverQueue queue = driver.queue(RECEIVE);
    queue.add(queue.readable("not writable"));
    Buffer buffer = queue.writable(1);
    queue.add(buffer);

    assertEquals(1, type("x"));

    assertEquals(0, queue.take().written());
    assertEquals(1, queue.take().written());
    assertEquals("x", text(queue, buffer, 1));
  }

  @Test
  void shouldForgetInput_whenTheMachineIsReset() {
    driver.start(0, 8, 8);
    assertEquals(16, type("0123456789abcdefXYZ"));

    driver.device().quiesce();
    driver.device().reset();
    driver.device().resume();

    assertEquals(List.of(), console.save().input());
    assertEquals(1, roomNotices);
  }

  @Test
  void shouldTellTheDriverOfANewSizeOnce() {
    driver.start(0, 8, 8);
    driver.enableInterrupts();
    assertEquals(List.of(), driver.interrupts());
    long generation = driver.read(1, 0x15, 1);

    console.resize(132, 50);
    console.resize(132, 50);

    assertEquals(List.of(0), driver.interrupts());
    assertEquals(132 | 50 << 16, driver.read(DEVICE_CONFIG, 0, 4));
    assertEquals((generation + 1) & 0xff, driver.read(1, 0x15, 1));
  }

  @Test
  void shouldRefuseSizesThatDoNotFit() {
    assertThrows(IllegalArgumentException.class, () -> console.resize(65536, 1));
    assertThrows(IllegalArgumentException.class, () -> console.resize(1, -1));
    assertThrows(IllegalArgumentException.class, () -> new ConsoleConfig(-1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new ConsoleConfig(0, 0, 0));
  }

  @Test
  void shouldGoOnFromASavedState() {
    type("early");
    console.resize(100, 40);
    ConsoleState state = console.save();
    VirtioConsole other = console(ConsoleConfig.DEFAULT);

    other.restore(state);

    assertEquals(state, other.save());
    assertEquals(5, state.input().size());
  }

  @Test
  void shouldRefuseStatesThatMakeNoSense() {
    assertRefused(new ConsoleState(2, 80, 25, 0, List.of()));
    assertRefused(new ConsoleState(1, 1 << 16, 25, 0, List.of()));
    assertRefused(new ConsoleState(1, 80, 25, -1, List.of()));
    assertRefused(new ConsoleState(1, 80, 25, 0, List.of(256)));
    assertRefused(new ConsoleState(1, 80, 25, 0, Collections.nCopies(17, 0)));
  }

  private void assertRefused(ConsoleState state) {
    assertThrows(IllegalArgumentException.class, () -> console.restore(state));
  }

  @Test
  void shouldNeedAReset_whenTheDriverBreaksTheRules() {
    driver.start(0, 8, 8);
    driver.queue(TRANSMIT).offer(99);

    driver.kick(TRANSMIT);

    assertTrue((driver.status() & VirtioDriver.NEEDS_RESET) != 0);
    assertFalse(printed.length() > 0);
  }
}
