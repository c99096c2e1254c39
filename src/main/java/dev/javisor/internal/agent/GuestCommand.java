package dev.javisor.internal.agent;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.javisor.agent.Command;
import dev.javisor.agent.ExecResult;
import dev.javisor.agent.ExitStatus;
import dev.javisor.agent.GuestProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** A command as the caller describes it. */
final class GuestCommand implements Command {
  private static final int LAST_SIZE = 65535;
  private static final long MOST_OUTPUT = 1L << 30;

  private final Calls calls;
  private final ThreadFactory threads;
  private final ImmutableList<String> argv;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private int flags;
  private String directory = "";
  private String user = "";
  private byte @Nullable [] input;
  private @Nullable InputStream source;
  private int cols;
  private int rows;
  private Duration timeout = Duration.ofMinutes(1);
  private long outputLimit = 16 << 20;

  GuestCommand(Calls calls, ThreadFactory threads, String... argv) {
    this.calls = calls;
    this.threads = threads;
    if (argv.length == 0) {
      throw new IllegalArgumentException("a command without a program");
    }
    for (String argument : argv) {
      Checks.noNul("an argument", argument);
    }
    this.argv = ImmutableList.copyOf(argv);
  }

  @Override
  public Command env(String name, String value) {
    if (name.isEmpty() || name.contains("=")) {
      throw new IllegalArgumentException("no name of an environment variable: " + name);
    }
    environment.put(Checks.noNul("a variable's name", name), Checks.noNul("a value", value));
    return this;
  }

  @Override
  public Command clearEnvironment() {
    flags |= Protocol.EXEC_CLEAR_ENVIRONMENT;
    return this;
  }

  @Override
  public Command directory(String path) {
    directory = Checks.path(path);
    return this;
  }

  @Override
  public Command user(String user) {
    this.user = Checks.noNul("a user", user);
    return this;
  }

  @Override
  public Command stdin(String text) {
    return stdin(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Command stdin(byte[] bytes) {
    input = bytes.clone();
    source = null;
    return this;
  }

  @Override
  public Command stdin(InputStream stream) {
    source = requireNonNull(stream, "stream");
    input = null;
    return this;
  }

  @Override
  public Command mergeErrors() {
    flags |= Protocol.EXEC_MERGE;
    return this;
  }

  @Override
  public Command terminal(int cols, int rows) {
    checkSize(cols, rows);
    this.cols = cols;
    this.rows = rows;
    flags |= Protocol.EXEC_TERMINAL;
    return this;
  }

  /** Of a terminal. */
  static void checkSize(int cols, int rows) {
    if (cols < 1 || cols > LAST_SIZE || rows < 1 || rows > LAST_SIZE) {
      throw new IllegalArgumentException(
          "a terminal of %d columns and %d rows; 1 to 65535".formatted(cols, rows));
    }
  }

  @Override
  public Command timeout(Duration timeout) {
    this.timeout = Checks.positive(timeout);
    return this;
  }

  @Override
  public Command outputLimit(long bytes) {
    if (bytes < 0 || bytes > MOST_OUTPUT) {
      throw new IllegalArgumentException("outputLimit(%d): 0 to 1 GiB".formatted(bytes));
    }
    outputLimit = bytes;
    return this;
  }

  @Override
  public ExecResult run() throws InterruptedException {
    long start = System.nanoTime();
    boolean terminal = (flags & Protocol.EXEC_TERMINAL) != 0;
    boolean none = input == null && source == null;
    // A terminal has an input; its end is a character.
    byte[] given = none && terminal ? new byte[0] : input;
    ExecRequest request = request(none && !terminal ? Protocol.EXEC_NO_STDIN : 0);
    CollectedOutput output = new CollectedOutput(argv, outputLimit);
    Call call = calls.begin("exec " + argv, timeout);
    StdinThread feeder = new StdinThread(call, given, source);
    try (call;
        feeder) {
      ExecSession session = new ExecSession(call, feeder.feed());
      output.begin(session);
      session.start(request, argv);
      feeder.start(threads);
      ExitStatus status = session.pump(output);
      Duration duration = Duration.ofNanos(System.nanoTime() - start);
      return new ExecResult(argv, status, output.stdout(), output.stderr(), duration);
    } catch (IOException e) {
      feeder.check();
      throw call.failure(e, output.stdout(), output.stderr());
    }
  }

  @Override
  public GuestProcess start() throws InterruptedException {
    ExecRequest request = request(0);
    Call call = calls.begin("exec " + argv, timeout);
    boolean started = false;
    try {
      StdinThread feeder = new StdinThread(call, input, source);
      RunningProcess process = new RunningProcess(call, calls, feeder);
      process.start(request, argv, threads);
      started = true;
      return process;
    } catch (IOException e) {
      throw call.failure(e);
    } finally {
      if (!started) {
        call.close();
      }
    }
  }

  private ExecRequest request(int more) {
    return new ExecRequest(
        flags | more, cols, rows, user, directory, argv, ImmutableMap.copyOf(environment));
  }
}
