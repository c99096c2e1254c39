package dev.javisor.internal.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.javisor.internal.bus.DeviceListener;
import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What devices tell of their drivers, and what they count. */
class DeviceReportsTest {
  private final List<String> heard = new ArrayList<>();
  private final VirtioConsole console =
      VirtioDevices.console(
          "console0", ConsoleConfig.DEFAULT, (bytes, offset, length) -> {}, () -> {});
  private final VirtioDriver<ConsoleState> driver = new VirtioDriver<>(console);

  @AfterEach
  void close() {
    driver.close();
  }

  private void listen() {
    driver
        .device()
        .listen(
            new DeviceListener() {
              @Override
              public void activated(String id) {
                heard.add("activated " + id);
              }

              @Override
              public void reset(String id) {
                heard.add("reset " + id);
              }
            });
  }

  @Test
  void shouldTellWhenADriverTakesAndResetsItsDevice() {
    listen();

    driver.reset();
    driver.start(0, 8, 8);
    driver.reset();
    driver.reset();

    assertEquals(List.of("activated console0", "reset console0"), heard);
  }

  @Test
  void shouldTellOfAResetWithTheMachine() {
    listen();
    driver.start(0, 8, 8);

    driver.device().quiesce();
    driver.device().reset();

    assertEquals(List.of("activated console0", "reset console0"), heard);
  }

  @Test
  void shouldTellNothing_whenADriverDoesNotGetThatFar() {
    listen();

    driver.negotiate(VirtioFeatures.VERSION_1);
    driver.reset();

    assertEquals(List.of(), heard);
  }

  @Test
  void shouldCountBytesOfAConsole() {
    driver.start(0, 8, 8);
    DriverQueue transmit = driver.queue(1);
    transmit.add(transmit.readable("12345"));
    driver.kick(1);
    driver.queue(0).add(driver.queue(0).writable(16));
    console.receive(new byte[3], 0, 3);
    driver.workers().run();

    assertEquals(
        Map.of("input_bytes", 3L, "output_bytes", 5L), driver.device().counters().counters());
    assertEquals("console0", driver.device().counters().id());
  }

  @Test
  void shouldCountWhatARandomSourceGave() {
    EntropySource four =
        new EntropySource() {
          @Override
          public int fill(IoVector target) {
            return 4;
          }

          @Override
          public void close() {}
        };
    try (VirtioDriver<EntropyState> rng =
        new VirtioDriver<>(VirtioDevices.entropy("rng0", four, (delay, task) -> () -> {}))) {
      rng.start(0, 8);
      DriverQueue queue = rng.queue(0);
      Buffer buffer = queue.writable(16);
      queue.add(buffer);
      queue.add(queue.writable(16));
      rng.kick(0);

      assertEquals(Map.of("read_bytes", 8L, "read_ops", 2L), rng.device().counters().counters());
    }
  }

  @Test
  void shouldKeepCountsAcrossResets() {
    driver.start(0, 8, 8);
    driver.queue(1).add(driver.queue(1).readable("abc"));
    driver.kick(1);

    driver.reset();

    assertEquals(3L, driver.device().counters().counters().get("output_bytes"));
  }

  @Test
  void shouldCountNothing_whenADeviceDoesNot() {
    try (VirtioDriver<?> echo = new VirtioDriver<>(new EchoDevice())) {
      assertNull(echo.device().counters());
    }
  }
}
