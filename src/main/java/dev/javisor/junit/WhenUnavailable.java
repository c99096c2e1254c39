package dev.javisor.junit;

/**
 * What becomes of a test that wants a machine where no machine can run Linux.
 *
 * <pre>{@code
 * @Test
 * void shouldRunWhereItCan(@Vm(unavailable = WhenUnavailable.SKIP) VirtualMachine vm) {
 *   assertTrue(vm.console().text().contains("Linux version"));
 * }
 * }</pre>
 */
public enum WhenUnavailable {
  /**
   * What the configuration parameter {@code javisor.unavailable} says, {@code fail} or {@code
   * skip}; without one it fails.
   */
  AS_CONFIGURED,

  /** It fails, with the reason and what to do about it. */
  FAIL,

  /** It is skipped, with the reason. */
  SKIP
}
