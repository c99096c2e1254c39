package dev.javisor.internal.machine;

import dev.javisor.error.BootStage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A boot that failed; the facade adds what it knows and throws its public counterpart. */
public final class MachineBootException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final BootStage stage;
  private final @Nullable String errno;

  /**
   * @param errno the host's error by name, or null if no system call failed
   */
  public MachineBootException(
      BootStage stage, String message, @Nullable String errno, @Nullable Throwable cause) {
    super(message, cause);
    this.stage = stage;
    this.errno = errno;
  }

  /** How far the boot got. */
  public BootStage stage() {
    return stage;
  }

  /** The host's error by name, if a system call failed. */
  public Optional<String> errno() {
    return Optional.ofNullable(errno);
  }
}
