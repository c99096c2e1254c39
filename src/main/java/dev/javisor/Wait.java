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
 * vm.waitFor(Wait.console("login:").timeout(Duration.ofMinutes(2)));
 * }</pre>
 *
 * <p>A wait is tried again and again, each {@link #interval}, until it holds or its {@link
 * #timeout} is over. What held once counts as met, even if it does not hold any more while other
 * conditions are waited for.
 *
 * <p>Threading: immutable; conditions are tried on the thread that waits.
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

  private static Wait of(WaitCondition condition) {
    return new Wait(Kind.CONDITION, condition, List.of(), null, null);
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
   * closed again at once.
   *
   * @throws IllegalArgumentException if the port is -1
   */
  public static Wait vsock(int port) {
    if (port == -1) {
      throw new IllegalArgumentException("-1 is no vsock port");
    }
    return of(new VsockCondition(port));
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

  private static Duration positive(Duration duration, String what) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(what + " " + duration + ": expected more than zero");
    }
    return duration;
  }
}
