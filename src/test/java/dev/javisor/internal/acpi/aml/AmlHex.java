package dev.javisor.internal.acpi.aml;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Writes terms down as tests expect them. */
final class AmlHex {
  private AmlHex() {}

  /** The encoding of a term in hexadecimal. */
  static String hex(AmlTerm term) {
    return HexFormat.of().formatHex(term.toBytes());
  }

  /** ASCII characters in hexadecimal. */
  static String ascii(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }
}
