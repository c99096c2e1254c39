package dev.javisor.internal.console;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the text of a Linux kernel panic in console output, and remembers it until the kernel
 * says that it goes down in good order: then someone else printed the text.
 *
 * <p>Source: Linux 6.1 kernel/panic.c panic(), kernel/reboot.c kernel_restart().
 *
 * <p>Threading: any thread; called on vCPU threads for each byte.
 */
public final class PanicWatch {
  private static final String PANIC = "Kernel panic - not syncing: ";
  private static final String END_OF_PANIC = "---[ end Kernel panic";
  private static final String[] ORDERLY = {
    "reboot: Restarting system", "reboot: Power down", "reboot: System halted"
  };

  private final byte[] line = new byte[1024];
  private int length;
  private @Nullable String pending;
  private boolean over;

  /**
   * Takes a byte.
   *
   * @return the panic's message if this byte completed the line that tells it, else null
   */
  public synchronized @Nullable String accept(byte b) {
    if (b != '\n') {
      if (length == line.length) {
        // A program's endless line must not hide what the kernel prints after it.
        System.arraycopy(line, line.length / 2, line, 0, line.length / 2);
        length = line.length / 2;
      }
      line[length++] = b;
      return null;
    }
    String text = new String(line, 0, length, StandardCharsets.UTF_8).stripTrailing();
    length = 0;
    return inspect(text);
  }

  /** The message of a panic after which nothing orderly was seen, or null. */
  public synchronized @Nullable String pending() {
    return pending;
  }

  /** As {@link #pending}, once the kernel has said by its last line that it now spins for ever. */
  public synchronized @Nullable String endless() {
    return over ? pending : null;
  }

  /** Forgets everything: the guest starts anew. */
  public synchronized void reset() {
    pending = null;
    over = false;
    length = 0;
  }

  private @Nullable String inspect(String text) {
    int start = text.indexOf(PANIC);
    if (start >= 0 && !text.contains(END_OF_PANIC)) {
      pending = text.substring(start + PANIC.length());
      return pending;
    }
    if (start >= 0) {
      over = true;
    }
    for (String words : ORDERLY) {
      if (text.contains(words)) {
        pending = null;
      }
    }
    return null;
  }
}
