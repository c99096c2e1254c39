package dev.javisor;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Something to wait for before a guest is used: {@link VirtualMachine#waitFor}.
 *
 * <pre>{@code
 * vm.waitFor(
 *     Wait.all(
 *             Wait.port(5432),
 *             Wait.http(8080, "/health").status(204),
 *             Wait.command("pg_isready", "-q").interval(Duration.ofSeconds(1)))
 *         .timeout(Duration.ofMinutes(2)));
 * }</pre>
 *
 * <p>A wait is tried again and again, each {@link #interval}, until it holds or its {@link
 * #timeout} is over. What held once counts as met, even if it does not hold any more while other
 * conditions are waited for.
 *
 * <p>{@link #agent}, {@link #port}, {@link #http} and {@link #command} ask the guest's agent, for
 * which the machine must have been built with {@link VirtualMachine.Builder#agent()}: else {@code
 * waitFor} ends at once by an {@link dev.javisor.error.AgentException}. A guest that does not
 * answer one of them holds up neither the others nor the end of the wait: such a try is given up.
 *
 * <p>Threading: immutable. The console is looked at by the thread that waits, the guest by threads
 * of the machine, which end with the wait.
 */
public class Wait {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Duration INTERVAL = Duration.ofMillis(100);

  /** How a wait is made of others. */
  enum Kind {
    CONDITION,
    ALL,
    ANY
  }

  private final Kind kind;
  private final @Nullable WaitCondition condition;
  private final List<Wait> parts;
  private final @Nullable Duration timeout;
  private final @Nullable Duration interval;

  private Wait(
      Kind kind,
      @Nullable WaitCondition condition,
      List<Wait> parts,
      @Nullable Duration timeout,
      @Nullable Duration interval) {
    this.kind = kind;
    this.condition = condition;
    this.parts = parts;
    this.timeout = timeout;
    this.interval = interval;
  }

  /** A wait that is not made of others. */
  Wait(WaitCondition condition, @Nullable Duration timeout, @Nullable Duration interval) {
    this(Kind.CONDITION, condition, List.of(), timeout, interval);
  }

  private static Wait of(WaitCondition condition) {
    return new Wait(condition, null, null);
  }

  /**
   * Waits until the console shows this text, on one line or over several. It is looked for in all
   * output that is kept (see {@link Console#text}), that from before the wait included.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public static Wait console(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("the console's text to wait for is empty");
    }
    return of(new ConsoleCondition("the console shows \"" + text + "\"", text, null));
  }

  /**
   * Waits until the pattern is found on the console: as {@link #console(String)}. With {@link
   * Pattern#MULTILINE} {@code ^} and {@code $} are the ends of lines.
   */
  public static Wait console(Pattern pattern) {
    return of(new ConsoleCondition("the console shows /" + pattern + "/", null, pattern));
  }

  /**
   * Waits until somebody in the guest accepts connections to this vsock port; the connection is
   * closed again at once. Without a vsock device {@code waitFor} ends at once by a {@link
   * dev.javisor.error.WaitException}.
   *
   * @throws IllegalArgumentException if the port is -1
   */
  public static Wait vsock(int port) {
    if (port == -1) {
      throw new IllegalArgumentException("-1 is no vsock port");
    }
    return of(new VsockCondition(port));
  }

  /** Waits until the agent in the guest is there and takes commands. */
  public static Wait agent() {
    return of(AgentLooks.agent());
  }

  /**
   * Waits until somebody in the guest accepts connections to this TCP port of its loopback,
   * 127.0.0.1 or ::1; the connection is closed again at once. The guest needs no network.
   *
   * @param port 1 to 65535
   * @throws IllegalArgumentException if it is another
   */
  public static Wait port(int port) {
    return of(AgentLooks.port(port));
  }

  /**
   * Waits until a server in the guest, found as {@link #port} says, answers a GET request by status
   * 200, or what {@link HttpWait#status} says. The request is HTTP/1.1 with {@code Host:
   * localhost}; no more than the status is read of the answer. A try takes 20 seconds at most.
   *
   * @param port 1 to 65535
   * @param path with the query, if any, such as {@code /health?full=1}; ASCII, %-escaped
   * @throws IllegalArgumentException if one of them is not so
   */
  public static HttpWait http(int port, String path) {
    return HttpWait.of(port, path);
  }

  /**
   * Waits until this command, run in the guest as root, ends by exit status 0. A run of more than a
   * minute is killed; so is one under way when the wait ends.
   *
   * @param argv the program, by path or by name, and its arguments; no shell takes part
   * @throws IllegalArgumentException if there are none
   */
  public static Wait command(String... argv) {
    return of(AgentLooks.command(argv));
  }

  /**
   * Waits until each of these was met once.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static Wait all(Wait... waits) {
    return composed(Kind.ALL, waits);
  }

  /**
   * Waits until one of these is met. One whose own timeout is over is not tried any more.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static Wait any(Wait... waits) {
    return composed(Kind.ANY, waits);
  }

  private static Wait composed(Kind kind, Wait... waits) {
    if (waits.length == 0) {
      throw new IllegalArgumentException("nothing to wait for");
    }
    return new Wait(kind, null, List.of(waits), null, null);
  }

  /**
   * How long to wait at the most, times the machine's {@code timeoutMultiplier}. Default: 60
   * seconds; {@link #all} and {@link #any} take as long as the longest of their parts, and what is
   * said there holds for all parts that say nothing.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public Wait timeout(Duration timeout) {
    return new Wait(kind, condition, parts, positive(timeout, "timeout"), interval);
  }

  /**
   * How long after one try the next begins. Default: 100 milliseconds, or what an {@link #all} or
   * {@link #any} around it says.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public Wait interval(Duration interval) {
    return new Wait(kind, condition, parts, timeout, positive(interval, "interval"));
  }

  /** What is waited for. */
  @Override
  public String toString() {
    return condition != null
        ? condition.description()
        : (kind == Kind.ALL ? "all of " : "any of ") + parts;
  }

  Kind kind() {
    return kind;
  }

  /** The condition of a wait that is not made of others. */
  WaitCondition condition() {
    return Objects.requireNonNull(condition);
  }

  List<Wait> parts() {
    return parts;
  }

  /** How long it may take by itself, or null if it says nothing. */
  @Nullable Duration ownTimeout() {
    return timeout;
  }

  /** How often it is tried by itself, or null if it says nothing. */
  @Nullable Duration ownInterval() {
    return interval;
  }

  /** How long it may take when nothing is around it. */
  Duration wholeTimeout() {
    if (timeout != null) {
      return timeout;
    }
    return parts.stream().map(Wait::wholeTimeout).max(Duration::compareTo).orElse(TIMEOUT);
  }

  Duration intervalWithin(@Nullable Duration outer) {
    if (interval != null) {
      return interval;
    }
    return outer != null ? outer : INTERVAL;
  }

  static Duration positive(Duration duration, String what) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(what + " " + duration + ": expected more than zero");
    }
    return duration;
  }
}
