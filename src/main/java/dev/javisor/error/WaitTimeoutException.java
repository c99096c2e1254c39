package dev.javisor.error;

import dev.javisor.event.VcpuInfo;
import java.time.Duration;
import java.util.List;

/**
 * What was waited for did not come in time. The machine goes on as before.
 *
 * <pre>{@code
 * try {
 *   vm.waitFor(Wait.console("login:").timeout(Duration.ofSeconds(30)));
 * } catch (WaitTimeoutException e) {
 *   logger.warn("still no login; vCPUs: {}", e.vcpus());
 * }
 * }</pre>
 */
public final class WaitTimeoutException extends WaitException {
  private static final long serialVersionUID = 1L;

  /**
   * @param head what was not in time, in a sentence without full stop
   * @param waited how long the caller waited
   * @param conditions how far each condition got
   * @param vcpus what the vCPUs were doing
   * @param consoleTail the last lines of the guest's console, or empty
   */
  public WaitTimeoutException(
      String head,
      Duration waited,
      List<? extends WaitProgress> conditions,
      List<? extends VcpuInfo> vcpus,
      String consoleTail) {
    super(head, waited, conditions, null, vcpus, consoleTail);
  }
}
