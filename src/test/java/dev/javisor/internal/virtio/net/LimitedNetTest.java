package dev.javisor.internal.virtio.net;

import static dev.javisor.internal.virtio.net.NetDriver.plain;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.javisor.config.RateLimit;
import dev.javisor.config.RateLimiter;
import dev.javisor.internal.net.NicLimiters;
import dev.javisor.internal.virtio.DriverQueue;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Network devices with a rate limit. */
class LimitedNetTest {
  private static final long MRG = 1L << 15;

  /** Says these waits to the frames to come; then they may pass. */
  private static final class Script implements RateLimiter {
    final List<Long> answers = new ArrayList<>();
    final List<Long> asked = new ArrayList<>();

    @Override
    public long acquire(long bytes) {
      asked.add(bytes);
      return answers.isEmpty() ? 0 : answers.remove(0);
    }

    @Override
    public RateLimit limit() {
      return RateLimit.UNLIMITED;
    }

    @Override
    public void limit(RateLimit limit) {
      throw new AssertionError();
    }
  }

  private final Script received = new Script();
  private final Script sent = new Script();
  private final FakePort port = new FakePort();
  private final List<Runnable> due = new ArrayList<>();
  private NetDriver net;
  private long now;

  @BeforeEach
  void start() {
    NicConfig config =
        new NicConfig(
            "net0", NetDriver.MAC, 1, NetDriver.QUEUE_SIZE, 1500, new NicLimiters(received, sent));
    net =
        new NetDriver(
            port,
            config,
            () -> now,
            (delay, task) -> {
              due.add(task);
              return () -> due.remove(task);
            });
    net.start(MRG);
  }

  @AfterEach
  void close() {
    net.close();
  }

  @Test
  void shouldLeaveAFrameToTheDriver_untilItMaySendIt() {
    sent.answers.addAll(List.of(0L, 1000L));
    DriverQueue queue = net.driver.queue(1);
    for (int i = 0; i < 3; i++) {
      queue.add(queue.readable(plain(60 + i, i)));
    }

    net.driver.kick(1);
    assertEquals(1, port.sent.size());
    net.driver.kick(1);
    assertEquals(List.of(60L, 61L), sent.asked, "it is not asked again too early");

    wait(1000);
    assertEquals(3, port.sent.size());
    assertEquals(List.of(60L, 61L, 61L, 62L), sent.asked);
    assertEquals(3, net.count("tx_frames"));
  }

  @Test
  void shouldHoldAFrame_untilTheDriverMayHaveIt() {
    received.answers.addAll(List.of(0L, 1000L, 1000L));
    net.give(0, 8, 2000);
    for (int i = 0; i < 3; i++) {
      port.arrive(0, plain(100 + i, i));
    }
    net.driver.workers().run();

    assertEquals(NetDriver.HEADER + 100, received(100));
    assertNull(net.receive(0));
    wait(1000);
    assertNull(net.receive(0), "it may not pass yet");
    wait(1000);
    assertEquals(NetDriver.HEADER + 101, received(101));
    assertEquals(NetDriver.HEADER + 102, received(102));
    assertEquals(List.of(100L, 101L, 101L, 101L, 102L), received.asked);
    assertEquals(0, net.count("rx_dropped"));
  }

  @Test
  void shouldGiveUpAFrameThatIsHeld_whenPaused() {
    received.answers.add(1000L);
    net.give(0, 2, 2000);
    port.arrive(0, plain(100, 0));
    net.driver.workers().run();

    net.driver.pauseAndSave();

    assertEquals(1, net.count("rx_dropped"));
    assertEquals(0, net.count("rx_frames"));
  }

  private int received(int seedLength) {
    byte[] frame = net.receive(0);
    assertNotNull(frame, "no frame of " + seedLength);
    return frame.length;
  }

  private void wait(int nanos) {
    now += nanos;
    List<Runnable> tasks = List.copyOf(due);
    due.clear();
    tasks.forEach(Runnable::run);
    net.driver.workers().run();
  }
}
