package dev.javisor.internal.agent;

import dev.javisor.agent.Agent;
import dev.javisor.agent.Command;
import dev.javisor.agent.CopyConfig;
import dev.javisor.agent.CopySummary;
import dev.javisor.agent.ExecResult;
import dev.javisor.agent.GuestFacts;
import dev.javisor.agent.PortForward;
import dev.javisor.error.AgentException;
import dev.javisor.error.AgentException.Reason;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/**
 * The agent of one guest, over connections that somebody else makes: one for each call.
 *
 * <p>Threading: any thread.
 */
public final class AgentClient implements Agent {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final long READ_LIMIT = 64 << 20;

  private final AgentPresence presence;
  private final AgentSettings settings;
  private final ThreadFactory threads;
  private final Calls calls;
  private final Set<LoopbackForward> forwards = ConcurrentHashMap.newKeySet();
  private volatile boolean ended;

  /**
   * @param link makes the connections
   * @param presence tells whether the agent is there
   * @param threads makes threads for forwarded ports, started commands and alarms
   */
  public AgentClient(
      AgentLink link, AgentPresence presence, AgentSettings settings, ThreadFactory threads) {
    this.presence = presence;
    this.settings = settings;
    this.threads = threads;
    calls = new Calls(link, presence, settings, threads);
  }

  /** Ends all calls under way and all to come: the machine has ended. */
  public void end(String why) {
    ended = true;
    presence.end(why);
    forwards.forEach(LoopbackForward::close);
    calls.end();
  }

  @Override
  public boolean ready() {
    return presence.present();
  }

  @Override
  public void awaitReady(Duration timeout) throws InterruptedException {
    presence.await(settings.scaled(Checks.positive(timeout)).toNanos());
  }

  @Override
  public ExecResult exec(String... argv) throws InterruptedException {
    return command(argv).run();
  }

  @Override
  public Command command(String... argv) {
    return new GuestCommand(calls, threads, argv);
  }

  @Override
  public CopySummary copyIn(Path host, String guest) throws InterruptedException {
    return copyIn(host, guest, config -> {});
  }

  @Override
  public CopySummary copyIn(Path host, String guest, Consumer<? super CopyConfig> config)
      throws InterruptedException {
    CopySettings copy = new CopySettings();
    config.accept(copy);
    Checks.path(guest);
    return call(
        "the copy of %s into the guest's %s".formatted(host, guest),
        copy.timeout(),
        call -> new TreeSender(call, copy.limit(), copy.listener()).send(host, guest, copy));
  }

  @Override
  public CopySummary copyOut(String guest, Path host) throws InterruptedException {
    return copyOut(guest, host, config -> {});
  }

  @Override
  public CopySummary copyOut(String guest, Path host, Consumer<? super CopyConfig> config)
      throws InterruptedException {
    CopySettings copy = new CopySettings();
    config.accept(copy);
    Checks.path(guest);
    return call(
        "the copy of the guest's %s to %s".formatted(guest, host),
        copy.timeout(),
        call ->
            new TreeReceiver(call, copy.limit(), copy.listener())
                .receive(guest, copy, new HostTree(host)));
  }

  @Override
  public byte[] read(String path) throws InterruptedException {
    FileBytes file = new FileBytes(Checks.path(path));
    CopySettings copy = new CopySettings();
    copy.followSource();
    call(
        "the read of the guest's " + path,
        MINUTE,
        call -> new TreeReceiver(call, READ_LIMIT, copy.listener()).receive(path, copy, file));
    return file.bytes();
  }

  @Override
  public String readText(String path) throws InterruptedException {
    return new String(read(path), StandardCharsets.UTF_8);
  }

  @Override
  public void write(String path, byte[] content) throws InterruptedException {
    Checks.path(path);
    call(
        "the write of the guest's " + path,
        MINUTE,
        call ->
            new TreeSender(call, Long.MAX_VALUE, (entries, bytes) -> {})
                .send(content, path, new CopySettings()));
  }

  @Override
  public void write(String path, String content) throws InterruptedException {
    write(path, content.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public GuestFacts facts() throws InterruptedException {
    return call("the guest's facts", MINUTE, call -> new FactsReader(call).read());
  }

  @Override
  public PortForward forward(int guestPort) {
    return forward(0, guestPort);
  }

  @Override
  public PortForward forward(int hostPort, int guestPort) {
    Checks.port(guestPort);
    Checks.hostPort(hostPort);
    LoopbackForward forward;
    try {
      forward =
          new LoopbackForward(
              calls, threads, hostPort, guestPort, settings.calls(), forwards::remove);
    } catch (IOException e) {
      throw PortProblem.of(hostPort, e);
    }
    forwards.add(forward);
    if (ended) {
      forward.close();
      throw new AgentException(Reason.LOST, "no port is forwarded: the machine has ended", null);
    }
    forward.start();
    return forward;
  }

  @Override
  public ByteChannel connect(int guestPort, Duration timeout) throws InterruptedException {
    Checks.port(guestPort);
    Call call =
        calls.begin("a connection to the guest's port " + guestPort, Checks.positive(timeout));
    boolean connected = false;
    try {
      GuestSocket socket = GuestSocket.connect(call, guestPort);
      connected = true;
      return socket;
    } catch (IOException e) {
      throw call.failure(e);
    } finally {
      if (!connected) {
        call.close();
      }
    }
  }

  /** What a call does with its connection. */
  @FunctionalInterface
  private interface Exchange<T> {
    T run(Call call) throws IOException;
  }

  private <T> T call(String what, Duration timeout, Exchange<T> exchange)
      throws InterruptedException {
    Call call = calls.begin(what, timeout);
    try (call) {
      return exchange.run(call);
    } catch (IOException e) {
      throw call.failure(e);
    }
  }
}
