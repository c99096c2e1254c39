package dev.javisor.internal.console;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Unix sockets at paths where one may be already. */
final class UnixSockets {
  /** The longest path, in bytes: unix(7), sun_path without its NUL. */
  static final int LONGEST_PATH = 107;

  private UnixSockets() {}

  /**
   * Listens; replaces a socket file that nobody listens on.
   *
   * @throws IOException if it cannot, or somebody listens there, or another kind of file is there
   */
  static ServerSocketChannel listen(Path path) throws IOException {
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

  /** Whether there is a socket file that nobody listens on. */
  static boolean isStale(Path path) throws IOException {
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
