package dev.javisor.internal.machine;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a machine starts.
 *
 * @param kind what its image is to its user
 * @param image the file of the kernel or firmware
 * @param initramfs the initramfs file, if any
 * @param cmdline the kernel's command line, without NUL
 */
public record Payload(Kind kind, Path image, Optional<Path> initramfs, String cmdline) {
  /** What the image is to its user; both are loaded alike. */
  public enum Kind {
    /** A kernel. */
    KERNEL("kernel"),
    /** A firmware, which finds a kernel by itself. */
    FIRMWARE("firmware");

    private final String field;

    Kind(String field) {
      this.field = field;
    }

    /** The name of the setting, for messages. */
    public String field() {
      return field;
    }
  }

  /** A kernel with a command line and no initramfs. */
  public static Payload kernel(Path file, String cmdline) {
    return new Payload(Kind.KERNEL, file, Optional.empty(), cmdline);
  }
}
