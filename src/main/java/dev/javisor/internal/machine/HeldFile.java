package dev.javisor.internal.machine;

import dev.javisor.internal.sys.Fd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A file without a name, for what is made rather than found: it lasts until it is closed, or the
 * process ends, however that ends.
 *
 * <p>Source: proc(5), /proc/pid/fd.
 */
public final class HeldFile implements AutoCloseable {
  private final Fd fd;

  private HeldFile(Fd fd) {
    this.fd = fd;
  }

  /**
   * Writes a file and takes its name away.
   *
   * @param writer writes it to where it is told
   * @throws UncheckedIOException if the directory for temporary files cannot be written to
   * @throws dev.javisor.internal.sys.NativeException if the file cannot be held
   * @throws dev.javisor.internal.sys.NativeUnavailableException on another platform
   */
  public static HeldFile written(Consumer<Path> writer) {
    try {
      Path file = Files.createTempFile("javisor-", "");
      try {
        writer.accept(file);
        return new HeldFile(Fd.open(file, Fd.O_RDONLY));
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where this process can open it, until it is closed. */
  public Path path() {
    return Path.of("/proc/self/fd/" + fd.number());
  }

  /** Lets it go; who opened it keeps it. Later calls do nothing. */
  @Override
  public void close() {
    fd.close();
  }
}
