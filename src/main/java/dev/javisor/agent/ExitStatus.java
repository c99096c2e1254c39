package dev.javisor.agent;

/**
 * How a command ended.
 *
 * <pre>{@code
 * ExitStatus status = vm.agent().exec("false").status();
 * if (status instanceof ExitStatus.Exited exited) {
 *   int code = exited.code();
 * }
 * }</pre>
 *
 * <p>Threading: immutable.
 */
public sealed interface ExitStatus {
  /** The exit code as shells tell it: for a signal, 128 and its number. */
  int code();

  /** Whether it exited with 0. */
  default boolean success() {
    return this instanceof Exited exited && exited.code == 0;
  }

  /**
   * It exited.
   *
   * @param code 0 to 255
   */
  record Exited(int code) implements ExitStatus {
    @Override
    public String toString() {
      return "exit code " + code;
    }
  }

  /**
   * A signal ended it.
   *
   * @param signal the signal's number, as Linux numbers them on x86-64
   * @param coreDumped whether it left a core dump
   */
  record Signaled(int signal, boolean coreDumped) implements ExitStatus {
    @Override
    public int code() {
      return 128 + signal;
    }

    @Override
    public String toString() {
      return "signal " + signal + (coreDumped ? " (core dumped)" : "");
    }
  }
}
