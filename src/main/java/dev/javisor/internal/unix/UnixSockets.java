package dev.javisor.internal.unix;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** Unix sockets at paths where one may be already. */
public final class UnixSockets {
  /** The longest path, in bytes: unix(7), sun_path without its NUL. */
  public static final int LONGEST_PATH = 107;

  private UnixSockets() {}

  /**
   * Listens; replaces a socket file that nobody listens on.
   *
   * @throws IOException if it cannot, or somebody listens there, or another kind of file is there
   */
  public static ServerSocketChannel listen(Path path) throws IOException {
    try {
      return bind(path);
    } catch (BindException e) {
      if (!isStale(path)) {
        throw e;
      }
      Files.deleteIfExists(path);
      return bind(path);
    }
  }

  private static ServerSocketChannel bind(Path path) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      return server.bind(UnixDomainSocketAddress.of(path));
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /**
   * What keeps a socket from being made at a path, as far as can be told now; in a sentence's end.
   */
  public static Optional<String> problem(Path path) {
    if (path.getFileSystem() != FileSystems.getDefault()) {
      return Optional.of("expected a path of the default file system");
    }
    if (path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
      return Optional.of("the path of a socket has %d bytes at the most".formatted(LONGEST_PATH));
    }
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      try {
        return isStale(path)
            ? Optional.empty()
            : Optional.of(
                "somebody listens there, or it is no socket; choose another path, or remove it");
      } catch (IOException e) {
        return Optional.of("cannot be looked at: " + e.getMessage());
      }
    }
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return Optional.of("there is no directory " + folder);
    }
    return Files.isWritable(folder)
        ? Optional.empty()
        : Optional.of("nothing can be created in " + folder);
  }

  /** Whether there is a socket file that nobody listens on. */
  public static boolean isStale(Path path) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isOther()) {
      return false;
    }
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (IOException e) {
      // Permission, most likely: somebody else's.
      return false;
    }
  }
}
