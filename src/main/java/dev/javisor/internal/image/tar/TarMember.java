package dev.javisor.internal.image.tar;

import java.util.List;
import java.util.Map;

/**
 * The head of a member of an archive, with what extended headers said about it.
 *
 * @param kind what it is
 * @param name its path as it stands there, a raw string ({@link RawName})
 * @param target the target of a link, a raw string, as it stands there; else empty
 * @param mode permissions, 0 to 07777
 * @param uid its owner, 0 to 4294967295
 * @param gid its group, 0 to 4294967295
 * @param size bytes of content; 0 for everything but files
 * @param pieces which of them the archive has, in their order; the others are holes
 * @param seconds when it was changed, since 1970
 * @param nanos and the rest of that
 * @param major a device's
 * @param minor a device's
 * @param attributes extended attributes: raw names with their namespace, raw values
 */
public record TarMember(
    Kind kind,
    String name,
    String target,
    int mode,
    long uid,
    long gid,
    long size,
    List<Piece> pieces,
    long seconds,
    int nanos,
    int major,
    int minor,
    Map<String, String> attributes) {
  /**
   * A part of a file's content.
   *
   * @param offset where it begins in the file
   * @param length in bytes, at least one
   */
  public record Piece(long offset, long length) {}

  /** What members are. */
  public enum Kind {
    FILE,
    FOLDER,
    SYMBOLIC_LINK,
    HARD_LINK,
    CHARACTER_DEVICE,
    BLOCK_DEVICE,
    FIFO
  }
}
