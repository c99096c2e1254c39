package dev.javisor.internal.agent;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;

/** A client whose agent has said hello; its threads are counted. */
final class ClientFixture implements AutoCloseable {
  static final AgentSettings SETTINGS = new AgentSettings(1, 64, Duration.ofSeconds(60));
  private static final long PATIENCE_MS = 20_000;

  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final AgentPresence presence;
  private final AgentClient client;
  private final SocketAgentChannel guest;

  ClientFixture(AgentLink link) throws Exception {
    this(link, SETTINGS);
  }

  ClientFixture(AgentLink link, AgentSettings settings) throws Exception {
    ThreadFactory factory = this::thread;
    presence = new AgentPresence(settings, System::nanoTime, factory);
    client = new AgentClient(link, presence, settings, factory);
    SocketAgentChannel[] hello = SocketAgentChannel.pair();
    guest = hello[1];
    factory.newThread(() -> serve(hello[0])).start();
    factory.newThread(this::greet).start();
    client.awaitReady(Duration.ofSeconds(60));
  }

  private Thread thread(Runnable body) {
    Thread thread = new Thread(body, "agent-test");
    thread.setDaemon(true);
    threads.add(thread);
    return thread;
  }

  private void serve(AgentChannel channel) {
    try {
      presence.serve(channel);
    } catch (IOException e) {
      // The end of the test.
    }
  }

  /** The guest's side of the hello connection. */
  private void greet() {
    FrameWriter writer = new FrameWriter(guest, 64);
    FrameReader reader = new FrameReader(guest);
    try {
      writer
          .begin(Protocol.HELLO, 0)
          .u32(Protocol.MAGIC)
          .u16(Protocol.VERSION)
          .u16(0)
          .string(new byte[] {'t'})
          .send();
      while (true) {
        reader.next();
        writer.begin(Protocol.PONG, 0).u64(reader.u64()).send();
      }
    } catch (IOException e) {
      // The end of the test.
    }
  }

  AgentClient client() {
    return client;
  }

  /** The guest ends, as by a reboot. */
  void loseAgent() throws IOException {
    guest.close();
  }

  /** Ends the machine; no thread of the client's may be left. */
  @Override
  public void close() throws Exception {
    client.end("the test has ended");
    guest.close();
    long deadline = System.nanoTime() + PATIENCE_MS * 1_000_000;
    for (Thread thread : threads) {
      thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
      assertTrue(!thread.isAlive(), () -> "a thread is left at " + List.of(thread.getStackTrace()));
    }
  }
}
