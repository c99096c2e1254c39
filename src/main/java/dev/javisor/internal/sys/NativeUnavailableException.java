package dev.javisor.internal.sys;

import org.jspecify.annotations.Nullable;

/**
 * Native code cannot be reached from this JVM: another operating system or CPU, a JNA that cannot
 * unpack or load its library, or native access that is denied.
 */
public final class NativeUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NativeUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
