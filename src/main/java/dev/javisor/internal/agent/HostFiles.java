package dev.javisor.internal.agent;

import dev.javisor.error.GuestFileException;
import dev.javisor.error.GuestFileException.Side;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;

/** Accesses to this machine's files, whose failures are told apart from the connection's. */
final class HostFiles {
  private HostFiles() {}

  /** An access. */
  @FunctionalInterface
  interface Access<T> {
    T run() throws IOException;
  }

  /** An access that gives nothing. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException;
  }

  /**
   * Does something with a file.
   *
   * @throws GuestFileException if it fails
   * @throws ClosedByInterruptException if the thread is interrupted
   */
  static <T> T get(Path path, Access<T> access) throws ClosedByInterruptException {
    try {
      return access.run();
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      throw failure(path, errno(e), e);
    }
  }

  /**
   * Does something with a file.
   *
   * @throws GuestFileException if it fails
   * @throws ClosedByInterruptException if the thread is interrupted
   */
  static void run(Path path, Step step) throws ClosedByInterruptException {
    get(
        path,
        () -> {
          step.run();
          return path;
        });
  }

  static GuestFileException failure(Path path, String errno) {
    return new GuestFileException(Side.HOST, path.toString(), errno, FileHints.of(errno), null);
  }

  private static GuestFileException failure(Path path, String errno, IOException cause) {
    String hint = FileHints.of(errno) + " (" + cause.getMessage() + ')';
    return new GuestFileException(Side.HOST, path.toString(), errno, hint, cause);
  }

  /** The JDK tells errors by types, and the others by the C library's English text. */
  private static String errno(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "ENOENT";
    } else if (e instanceof AccessDeniedException) {
      return "EACCES";
    } else if (e instanceof FileAlreadyExistsException) {
      return "EEXIST";
    } else if (e instanceof NotDirectoryException) {
      return "ENOTDIR";
    } else if (e instanceof DirectoryNotEmptyException) {
      return "ENOTEMPTY";
    } else if (e instanceof NotLinkException) {
      return "EINVAL";
    }
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return switch (String.valueOf(reason)) {
      case "No space left on device" -> "ENOSPC";
      case "Disk quota exceeded" -> "EDQUOT";
      case "Read-only file system" -> "EROFS";
      case "Is a directory" -> "EISDIR";
      case "Not a directory" -> "ENOTDIR";
      case "File name too long" -> "ENAMETOOLONG";
      case "File too large" -> "EFBIG";
      case "Too many open files" -> "EMFILE";
      case "Too many levels of symbolic links" -> "ELOOP";
      case "Operation not permitted" -> "EPERM";
      case "Operation not supported" -> "EOPNOTSUPP";
      case "Invalid argument" -> "EINVAL";
      case "Text file busy" -> "ETXTBSY";
      default -> "EIO";
    };
  }
}
