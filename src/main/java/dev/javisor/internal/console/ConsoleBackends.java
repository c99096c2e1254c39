package dev.javisor.internal.console;

import dev.javisor.config.ConsoleMode;
import dev.javisor.internal.sys.NativeException;
import dev.javisor.internal.unix.UnixSockets;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes back ends of console ports, and says beforehand why one could not be made. */
public final class ConsoleBackends {
  private static final Path PTY_MASTER = Path.of("/dev/ptmx");

  private ConsoleBackends() {}

  /**
   * Takes what a mode needs from the host; nothing is read or written before {@link
   * ConsoleBackend#start}.
   *
   * @param name of the port, for thread and log
   * @return null if the mode needs none
   * @throws IllegalStateException naming port, mode and reason, if it cannot be had
   */
  public static @Nullable ConsoleBackend open(
      ConsoleMode mode, String name, ConsoleBackend.Threads threads) {
    Path path = mode.path().orElse(Path.of(""));
    try {
      return switch (mode.kind()) {
        case OFF, NONE, API -> null;
        case FILE -> new FileBackend(name, threads, path);
        case PTY -> new PtyBackend(name, threads);
        case SOCKET -> new SocketBackend(name, threads, path);
      };
    } catch (IOException | NativeException e) {
      throw new IllegalStateException("%s=%s: %s".formatted(name, mode, e.getMessage()), e);
    }
  }

  /** Says what is wrong with a mode on this host, and what to do; null if nothing is. */
  public static @Nullable String problem(ConsoleMode mode) {
    Path path = mode.path().orElse(Path.of(""));
    return switch (mode.kind()) {
      case OFF, NONE, API -> null;
      case PTY -> Files.exists(PTY_MASTER) ? null : "there is no /dev/ptmx; mount devpts";
      case FILE -> problem(path, false);
      case SOCKET -> problem(path, true);
    };
  }

  private static @Nullable String problem(Path path, boolean socket) {
    if (socket) {
      return UnixSockets.problem(path).orElse(null);
    }
    if (path.getFileSystem() != FileSystems.getDefault()) {
      return "expected a path of the default file system";
    }
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return existingFile(path);
    }
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return "there is no directory " + folder;
    }
    return Files.isWritable(folder) ? null : "nothing can be created in " + folder;
  }

  private static @Nullable String existingFile(Path path) {
    if (Files.isDirectory(path)) {
      return "expected a file, not a directory";
    }
    if (!Files.isRegularFile(path)) {
      return "expected a regular file, or none yet; a FIFO would hold the boot up";
    }
    return Files.isWritable(path) ? null : "the file may not be written";
  }
}
