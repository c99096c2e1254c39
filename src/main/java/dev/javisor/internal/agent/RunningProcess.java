package dev.javisor.internal.agent;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.javisor.agent.ExitStatus;
import dev.javisor.agent.GuestProcess;
import dev.javisor.error.AgentException;
import dev.javisor.error.GuestTimeoutException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A command under way, whose frames a thread of its own takes. */
final class RunningProcess implements GuestProcess, ExecSession.Output {
  private static final Logger LOG = LoggerFactory.getLogger(RunningProcess.class);
  private static final int SIGKILL = 9;
  private static final int LAST_SIGNAL = 64;

  private final Call call;
  private final Calls calls;
  private final StdinThread stdin;
  private final ExecSession session;
  private final OutputPipe stdout;
  private final OutputPipe stderr;
  private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
  private long pid;

  RunningProcess(Call call, Calls calls, StdinThread stdin) {
    this.call = call;
    this.calls = calls;
    this.stdin = stdin;
    session = new ExecSession(call, stdin.feed());
    stdout = new OutputPipe(session, ExecSession.STDOUT);
    stderr = new OutputPipe(session, ExecSession.STDERR);
  }

  void start(ExecRequest request, List<String> argv, ThreadFactory threads) throws IOException {
    pid = session.start(request, argv);
    call.disarm();
    stdin.start(threads);
    threads.newThread(this::pump).start();
  }

  private void pump() {
    try (call;
        stdin) {
      ExitStatus status = session.pump(this);
      stdout.end();
      stderr.end();
      exit.complete(status);
    } catch (IOException e) {
      fail(meaning(e));
    }
  }

  private Exception meaning(IOException e) {
    try {
      stdin.check();
      return call.failure(e);
    } catch (UncheckedIOException | InterruptedException other) {
      return other;
    }
  }

  private void fail(Exception why) {
    IOException told = new IOException(why.getMessage(), why);
    stdout.fail(told);
    stderr.fail(told);
    stdin.feed().end(told);
    exit.completeExceptionally(why);
  }

  @Override
  public void accept(int stream, ByteBuffer bytes) {
    (stream == ExecSession.STDOUT ? stdout : stderr).put(bytes);
  }

  @Override
  public void ended(int stream) {
    (stream == ExecSession.STDOUT ? stdout : stderr).end();
  }

  @Override
  public long pid() {
    return pid;
  }

  @Override
  public OutputStream stdin() {
    return stdin.feed();
  }

  @Override
  public InputStream stdout() {
    return stdout;
  }

  @Override
  public InputStream stderr() {
    return stderr;
  }

  @Override
  public void signal(int number) {
    if (number < 1 || number > LAST_SIGNAL) {
      throw new IllegalArgumentException("no signal: %d; 1 to 64".formatted(number));
    }
    try {
      session.signal(number);
    } catch (IOException e) {
      // It has ended, or exit() says what happened.
      LOG.debug("{}: signal {} was not sent", call, number, e);
    }
  }

  @Override
  public void kill() {
    signal(SIGKILL);
  }

  @Override
  public void resize(int cols, int rows) {
    GuestCommand.checkSize(cols, rows);
    try {
      session.resize(cols, rows);
    } catch (IOException e) {
      LOG.debug("{}: its terminal keeps its size", call, e);
    }
  }

  @Override
  public ExitStatus waitFor(Duration timeout) throws InterruptedException {
    Duration scaled = calls.scaled(Checks.positive(timeout));
    try {
      return exit.get(scaled.toNanos(), NANOSECONDS);
    } catch (TimeoutException e) {
      throw new GuestTimeoutException(
          "%s has not ended after %d ms; it goes on".formatted(call, scaled.toMillis()),
          scaled,
          new byte[0],
          new byte[0]);
    } catch (ExecutionException e) {
      throw again(e.getCause());
    }
  }

  private static RuntimeException again(@Nullable Throwable first) throws InterruptedException {
    if (first instanceof AgentException agent) {
      return new AgentException(agent.reason(), String.valueOf(agent.getMessage()), agent);
    }
    if (first instanceof UncheckedIOException source) {
      return new UncheckedIOException(source.getMessage(), source.getCause());
    }
    return new IllegalStateException(first);
  }

  @Override
  public CompletableFuture<ExitStatus> exit() {
    return exit.copy();
  }

  @Override
  public void close() {
    call.abandon();
  }
}
