package dev.javisor.internal.image.tar;

import java.io.IOException;

/** An archive that cannot be read on. */
public final class TarException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean unsupported;

  private TarException(String message, boolean unsupported) {
    super(message);
    this.unsupported = unsupported;
  }

  static TarException damaged(String message) {
    return new TarException(message, false);
  }

  static TarException unsupported(String message) {
    return new TarException(message, true);
  }

  /** Whether the archive may be fine, but has something that is not known here. */
  public boolean isUnsupported() {
    return unsupported;
  }
}
