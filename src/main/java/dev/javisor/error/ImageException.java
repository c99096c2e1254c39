package dev.javisor.error;

import org.jspecify.annotations.Nullable;

/**
 * A root file system or container image cannot be used: it is damaged, incomplete, hostile, too
 * large, or for another CPU; or this host has no room or no right to write what is made from it.
 *
 * <pre>{@code
 * String advice(ImageException e) {
 *   return e.reason() == ImageException.Reason.PLATFORM ? "not for this CPU" : e.getMessage();
 * }
 * }</pre>
 */
public final class ImageException extends JavisorException {
  private static final long serialVersionUID = 1L;

  /** What is wrong, in a word. */
  public enum Reason {
    /** Its bytes do not have the digest that names them, or are not what they claim to be. */
    DAMAGED,
    /** A file, a layer or a tag is not there. */
    MISSING,
    /** It has a member that would lead outside its own root. */
    UNSAFE,
    /** It is larger than allowed, or than what it is to be put into. */
    TOO_LARGE,
    /** It uses something that Javisor does not know. */
    UNSUPPORTED,
    /** It has nothing for this CPU, or this operating system. */
    PLATFORM,
    /** This host could not read or write a file: no room, no right, a broken disk. */
    HOST
  }

  private final Reason reason;
  private final String source;

  /**
   * @param reason what is wrong, in a word
   * @param source the image, and the layer and member in it where they are known
   * @param problem what is wrong, in a sentence without full stop
   * @param fix what the user can do, in a sentence without full stop
   * @param cause what brought it about, or null
   */
  public ImageException(
      Reason reason, String source, String problem, String fix, @Nullable Throwable cause) {
    super("%s: %s; %s".formatted(source, problem, fix), cause);
    this.reason = reason;
    this.source = source;
  }

  /** What is wrong, in a word. */
  public Reason reason() {
    return reason;
  }

  /** The image, and the layer and member in it where they are known. */
  public String source() {
    return source;
  }
}
