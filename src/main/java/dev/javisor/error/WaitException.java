package dev.javisor.error;

import dev.javisor.event.VcpuInfo;
import dev.javisor.event.VmExit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was waited for will not come: the guest has ended, hangs in a kernel panic, or has no device
 * for it. The subclass {@link WaitTimeoutException} says that the time was up. The message has all
 * that is told here.
 *
 * <pre>{@code
 * try {
 *   vm.waitFor(Wait.console("login:"));
 * } catch (WaitException e) {
 *   logger.error("after {}: {}\n{}", e.waited(), e.exit(), e.consoleTail());
 * }
 * }</pre>
 */
public class WaitException extends JavisorException {
  private static final long serialVersionUID = 1L;

  private final Duration waited;
  private final transient List<WaitProgress> conditions;
  private final transient @Nullable VmExit exit;
  private final transient List<VcpuInfo> vcpus;
  private final String consoleTail;

  /**
   * @param head what went wrong, in a sentence without full stop
   * @param waited how long the caller waited
   * @param conditions how far each condition got; empty if it was not waited for
   * @param exit how the guest ended, or null if it did not
   * @param vcpus what the vCPUs were doing
   * @param consoleTail the last lines of the guest's console, or empty
   */
  public WaitException(
      String head,
      Duration waited,
      List<? extends WaitProgress> conditions,
      @Nullable VmExit exit,
      List<? extends VcpuInfo> vcpus,
      String consoleTail) {
    super(describe(head, conditions, vcpus, consoleTail), failure(exit));
    this.waited = waited;
    this.conditions = List.copyOf(conditions);
    this.exit = exit;
    this.vcpus = List.copyOf(vcpus);
    this.consoleTail = consoleTail;
  }

  /** How long the caller waited. */
  public Duration waited() {
    return waited;
  }

  /** How far each condition got, in the order of their naming. */
  public List<WaitProgress> conditions() {
    return conditions;
  }

  /** How the guest ended; empty if it goes on. */
  public Optional<VmExit> exit() {
    return Optional.ofNullable(exit);
  }

  /** What the vCPUs were doing at the end of the wait; empty if there were none any more. */
  public List<VcpuInfo> vcpus() {
    return vcpus;
  }

  /** The last lines of the guest's console; empty if it wrote none. */
  public String consoleTail() {
    return consoleTail;
  }

  private static @Nullable Throwable failure(@Nullable VmExit exit) {
    return exit instanceof VmExit.Failed failed ? failed.cause() : null;
  }

  private static String describe(
      String head,
      List<? extends WaitProgress> conditions,
      List<? extends VcpuInfo> vcpus,
      String consoleTail) {
    if (conditions.isEmpty()) {
      return head;
    }
    long met = conditions.stream().filter(condition -> condition.metAfter().isPresent()).count();
    StringBuilder text = new StringBuilder(head);
    text.append("; ").append(met).append(" of ").append(conditions.size()).append(" met:");
    for (WaitProgress condition : conditions) {
      text.append("\n  ").append(condition.condition()).append(": ").append(state(condition));
    }
    vcpus.forEach(vcpu -> text.append("\n  ").append(vcpu));
    text.append(consoleTail.isEmpty() ? "\nno console output" : "\nlast console output:\n");
    return text.append(consoleTail).toString();
  }

  private static String state(WaitProgress condition) {
    if (condition.metAfter().isPresent()) {
      return "met after " + condition.metAfter().get();
    }
    return condition.tries() == 0
        ? "not tried"
        : "%s (tries: %d)".formatted(condition.lastFailure(), condition.tries());
  }
}
