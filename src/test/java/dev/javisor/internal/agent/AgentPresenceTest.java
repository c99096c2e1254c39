package dev.javisor.internal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.AgentException;
import dev.javisor.error.AgentException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Agents that come, stay silent, go, and are none. */
@Timeout(120)
class AgentPresenceTest {
  private static final long PATIENCE = Duration.ofSeconds(60).toNanos();
  private static final long A_MOMENT = Duration.ofMillis(50).toNanos();
  private static final Duration SILENCE = Duration.ofMillis(300);

  private final AtomicLong running = new AtomicLong();
  private final List<AgentException> losses = new CopyOnWriteArrayList<>();
  private final AgentPresence presence =
      new AgentPresence(new AgentSettings(1, 4, SILENCE), running::get, AgentPresenceTest::daemon);
  private SocketAgentChannel guest;
  private FrameWriter writer;
  private Thread server;

  private static Thread daemon(Runnable body) {
    Thread thread = new Thread(body);
    thread.setDaemon(true);
    return thread;
  }

  @BeforeEach
  void connect() throws IOException {
    presence.onLost(losses::add);
    SocketAgentChannel[] pair = SocketAgentChannel.pair();
    guest = pair[1];
    writer = new FrameWriter(guest, 64);
    server =
        daemon(
            () -> {
              try {
                presence.serve(pair[0]);
              } catch (IOException e) {
                // A guest may break off at any point.
              }
            });
    server.start();
  }

  @AfterEach
  void disconnect() throws Exception {
    guest.close();
    server.join();
  }

  private void hello(int magic, int version) throws IOException {
    writer.begin(Protocol.HELLO, 0).u32(magic).u16(version).u16(0).string(new byte[0]).send();
  }

  private AgentException fails(long nanos) {
    return assertThrows(AgentException.class, () -> presence.await(nanos));
  }

  private void awaitLoss() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE;
    while (losses.isEmpty()) {
      assertTrue(System.nanoTime() < deadline, "nobody was told");
      Thread.sleep(5);
    }
  }

  @Test
  void shouldBeThere_whenItHasSaidHello() throws Exception {
    assertFalse(presence.present());
    hello(Protocol.MAGIC, Protocol.VERSION);

    assertTrue(presence.await(PATIENCE) > 0);
    assertTrue(presence.present());
  }

  @Test
  void shouldSayWhatToLookAt_whenNoneComes() {
    AgentException e = fails(A_MOMENT);

    assertEquals(Reason.NOT_PRESENT, e.reason());
    assertTrue(e.getMessage().contains("vsock"), e.getMessage());
  }

  @Test
  void shouldSayAtOnceThatItIsOfAnotherVersion() throws Exception {
    hello(Protocol.MAGIC, Protocol.VERSION + 1);

    AgentException e = fails(PATIENCE);

    assertEquals(Reason.VERSION, e.reason());
    assertFalse(presence.present());
  }

  @Test
  void shouldTakeNothingElseForAnAgent() throws Exception {
    hello(Protocol.MAGIC + 1, Protocol.VERSION);
    server.join();

    assertFalse(presence.present());
    assertEquals(Reason.NOT_PRESENT, fails(A_MOMENT).reason());
  }

  @Test
  void shouldBeLost_whenItsConnectionEnds() throws Exception {
    hello(Protocol.MAGIC, Protocol.VERSION);
    presence.await(PATIENCE);

    guest.close();
    awaitLoss();

    assertFalse(presence.present());
    assertEquals(Reason.LOST, losses.get(0).reason());
  }

  @Test
  void shouldBeLost_whenItIsSilentWhileTheMachineRuns() throws Exception {
    hello(Protocol.MAGIC, Protocol.VERSION);
    presence.await(PATIENCE);
    while (losses.isEmpty()) {
      running.addAndGet(SILENCE.toNanos() / 10);
      Thread.sleep(5);
    }

    assertTrue(losses.get(0).getMessage().contains("hangs"), losses.get(0).getMessage());
  }

  @Test
  void shouldStay_whenItIsSilentWhileTheMachineIsPaused() throws Exception {
    hello(Protocol.MAGIC, Protocol.VERSION);
    presence.await(PATIENCE);

    Thread.sleep(SILENCE.toMillis() * 3);

    assertTrue(presence.present());
    assertEquals(List.of(), losses);
  }

  @Test
  void shouldBeLost_whenItAnswersWhatWasNotAsked() throws Exception {
    hello(Protocol.MAGIC, Protocol.VERSION);
    presence.await(PATIENCE);
    writer.begin(Protocol.PONG, 0).u64(77).send();
    awaitLoss();

    assertFalse(presence.present());
  }

  @Test
  void shouldEndEveryWait_whenTheMachineEnds() throws Exception {
    hello(Protocol.MAGIC, Protocol.VERSION);
    presence.await(PATIENCE);

    presence.end("it was closed");

    AgentException e = fails(PATIENCE);
    assertEquals(Reason.LOST, e.reason());
    assertTrue(e.getMessage().contains("it was closed"), e.getMessage());
  }
}
