package dev.javisor.internal.guest;

import java.io.IOException;

/** A kernel or module file is not what it should be. */
public final class KernelFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  KernelFormatException(String message) {
    super(message);
  }
}
