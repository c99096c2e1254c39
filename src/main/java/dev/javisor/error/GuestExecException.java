package dev.javisor.error;

import java.util.List;

/**
 * A command could not be started in the guest: there is no such program, user or folder, or no
 * memory for it. A command that did start and then failed is no exception, but an exit code.
 *
 * <pre>{@code
 * try {
 *   vm.agent().exec("psql", "--version");
 * } catch (GuestExecException e) {
 *   boolean missing = e.errno().equals("ENOENT");
 * }
 * }</pre>
 */
public final class GuestExecException extends JavisorException {
  private static final long serialVersionUID = 1L;

  /** What could not be done. */
  public enum Stage {
    /** The request itself is wrong, such as an environment variable without a name. */
    REQUEST,

    /** The user or the group cannot be taken on, or does not exist. */
    USER,

    /** The folder cannot be entered. */
    DIRECTORY,

    /** The program cannot be found or executed. */
    EXECUTE,

    /** The guest cannot make another process. */
    FORK,

    /** No terminal can be had. */
    TERMINAL,

    /** Something else; the message says more. */
    OTHER
  }

  private final transient List<String> argv;
  private final Stage stage;
  private final String errno;

  /**
   * @param argv the program and its arguments
   * @param stage what could not be done
   * @param errno the guest's error by name, such as {@code ENOENT}
   * @param message what went wrong and what to do, in a sentence
   */
  public GuestExecException(List<String> argv, Stage stage, String errno, String message) {
    super(message, null);
    this.argv = List.copyOf(argv);
    this.stage = stage;
    this.errno = errno;
  }

  /** The program and its arguments. */
  public List<String> argv() {
    return argv;
  }

  /** What could not be done. */
  public Stage stage() {
    return stage;
  }

  /** The guest's error by name, such as {@code ENOENT}. */
  public String errno() {
    return errno;
  }
}
