package dev.javisor.error;

import org.jspecify.annotations.Nullable;

/**
 * The root of what Javisor throws when something other than an argument is wrong.
 *
 * <pre>{@code
 * try (VirtualMachine machine = builder.build().boot()) {
 *   machine.exec("true");
 * } catch (JavisorException e) { // whatever it was; its message says what to do
 *   logger.error("the machine did not do its work", e);
 * }
 * }</pre>
 */
public class JavisorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what went wrong and what to do, in a sentence
   * @param cause what brought it about, or null
   */
  public JavisorException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
