package dev.javisor.error;

import dev.javisor.event.VcpuInfo;
import java.time.Duration;
import java.util.List;

/**
 * A virtual machine did not end in time. It goes on as before.
 *
 * <pre>{@code
 * try {
 *   vm.awaitExit(Duration.ofMinutes(1));
 * } catch (ExitTimeoutException e) {
 *   System.err.println(e.vcpus() + "\n" + e.consoleTail());
 *   vm.kill();
 * }
 * }</pre>
 */
public final class ExitTimeoutException extends JavisorException {
  private static final long serialVersionUID = 1L;

  private final transient List<VcpuInfo> vcpus;
  private final String consoleTail;

  /**
   * @param name the machine's name
   * @param waited how long the caller waited
   * @param vcpus what the vCPUs were doing when the time was up
   * @param consoleTail the last lines of the guest's console, or empty
   */
  public ExitTimeoutException(
      String name, Duration waited, List<VcpuInfo> vcpus, String consoleTail) {
    super(describe(name, waited, vcpus, consoleTail), null);
    this.vcpus = List.copyOf(vcpus);
    this.consoleTail = consoleTail;
  }

  /** What the vCPUs were doing when the time was up. */
  public List<VcpuInfo> vcpus() {
    return vcpus;
  }

  /** The last lines of the guest's console; empty if it wrote none. */
  public String consoleTail() {
    return consoleTail;
  }

  private static String describe(
      String name, Duration waited, List<VcpuInfo> vcpus, String consoleTail) {
    StringBuilder text = new StringBuilder();
    text.append("VM ").append(name).append(" did not end within ").append(waited);
    vcpus.forEach(vcpu -> text.append("\n  ").append(vcpu));
    text.append(consoleTail.isEmpty() ? "\nno console output" : "\nlast console output:\n");
    return text.append(consoleTail).toString();
  }
}
