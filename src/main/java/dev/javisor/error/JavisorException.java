package dev.javisor.error;

import org.jspecify.annotations.Nullable;

/** The root of what Javisor throws when something other than an argument is wrong. */
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
