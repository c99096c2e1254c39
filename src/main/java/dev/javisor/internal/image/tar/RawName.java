package dev.javisor.internal.image.tar;

import java.nio.charset.StandardCharsets;

/**
 * Names of files as Linux has them: bytes without a character set. A raw string has a char from 0
 * to 255 for each of those bytes, so that strings compare, hash and split as the bytes would.
 */
public final class RawName {
  private RawName() {}

  /** The raw string of some bytes. */
  public static String of(byte[] bytes, int offset, int length) {
    return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
  }

  /** The raw string of a text, by its UTF-8 bytes. */
  public static String of(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** The bytes of a raw string. */
  public static byte[] bytes(String raw) {
    return raw.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A raw string for people: as UTF-8, with control characters and what is none replaced. */
  public static String shown(String raw) {
    String text = new String(bytes(raw), StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
    return text.length() <= 200 ? text : text.substring(0, 197) + "...";
  }
}
