package dev.javisor.internal.image.tree;

import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import dev.javisor.internal.image.tar.TarException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Makes out of what went wrong whose fault it was, and what to do. */
public final class Failures {
  private Failures() {}

  /**
   * What could not be written here.
   *
   * @param target what was to be written
   */
  public static ImageException host(String target, IOException e) {
    return new ImageException(Reason.HOST, target, said(e), fix(e), e);
  }

  /**
   * What could not be read of an image.
   *
   * @param source the image, and the part of it
   */
  public static ImageException reading(String source, IOException e) {
    if (e instanceof NoSuchFileException) {
      return missing(source, "there is no such file", e);
    }
    if (e instanceof AccessDeniedException || e instanceof ClosedByInterruptException) {
      return host(source, e);
    }
    if (e instanceof TarException tar && tar.isUnsupported()) {
      return new ImageException(
          Reason.UNSUPPORTED, source, said(e), "make the archive without that", e);
    }
    return damaged(source, said(e), e);
  }

  /** A kind of what can be wrong with an image. */
  public static ImageException damaged(String source, String problem, @Nullable Throwable cause) {
    return new ImageException(Reason.DAMAGED, source, problem, "get or make it anew", cause);
  }

  /** A kind of what can be wrong with an image. */
  public static ImageException missing(String source, String problem, @Nullable Throwable cause) {
    return new ImageException(
        Reason.MISSING, source, problem, "look at the path, and get or make it anew", cause);
  }

  private static String said(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "access is denied (EACCES): " + e.getMessage();
    }
    if (e instanceof ClosedByInterruptException) {
      return "the thread was interrupted";
    }
    if (e instanceof EOFException && e.getMessage() == null || e instanceof ZipException) {
      return "the compressed data is cut off or damaged";
    }
    return String.valueOf(e.getMessage());
  }

  private static String fix(IOException e) {
    String said = String.valueOf(e.getMessage());
    if (said.contains("No space left")) {
      return "free some space (ENOSPC), or choose a file or cache on another disk";
    }
    if (said.contains("File too large") || said.contains("quota exceeded")) {
      return "raise the user's limit (ulimit -f, or the quota), or choose another disk";
    }
    return "look at the file and the folder that it is in";
  }
}
