package dev.javisor.internal.agent;

import java.io.IOException;

/** The agent sent what the protocol does not allow. */
final class FrameException extends IOException {
  private static final long serialVersionUID = 1L;

  FrameException(String message) {
    super(message);
  }
}
