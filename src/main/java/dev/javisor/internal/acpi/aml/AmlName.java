package dev.javisor.internal.acpi.aml;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A NameString, written as in ASL: {@code COM1}, {@code \_SB.PC00}, {@code ^^GED}. Segments shorter
 * than four characters are filled up with underscores.
 *
 * <p>Spec: ACPI 6.5 §20.2.2.
 */
final class AmlName implements AmlTerm {
  private static final int DUAL_NAME_PREFIX = 0x2e;
  private static final int MULTI_NAME_PREFIX = 0x2f;

  private static final int SEGMENT_SIZE = 4;

  private final String prefix;
  private final List<String> segments;

  private AmlName(String prefix, List<String> segments) {
    this.prefix = prefix;
    this.segments = segments;
  }

  /**
   * Parses a path.
   *
   * @throws IllegalArgumentException if it is none
   */
  static AmlName path(String path) {
    int prefixEnd = path.startsWith("\\") ? 1 : 0;
    while (prefixEnd < path.length() && path.charAt(prefixEnd) == '^' && path.charAt(0) == '^') {
      prefixEnd++;
    }
    String prefix = path.substring(0, prefixEnd);
    String rest = path.substring(prefixEnd);
    if (rest.isEmpty() && !prefix.isEmpty()) {
      return new AmlName(prefix, List.of());
    }
    List<String> segments = List.of(rest.split("\\.", -1));
    if (segments.size() > 255) {
      throw new IllegalArgumentException("too many segments in an AML path: " + segments.size());
    }
    segments.forEach(segment -> checkSegment(segment, path));
    return new AmlName(prefix, segments);
  }

  /** Parses a name of one segment, without any prefix. */
  static AmlName segment(String name) {
    checkSegment(name, name);
    return new AmlName("", List.of(name));
  }

  private static void checkSegment(String segment, String path) {
    // By hand, for a machine's boot makes hundreds of names.
    boolean good = !segment.isEmpty() && segment.length() <= SEGMENT_SIZE;
    for (int i = 0; good && i < segment.length(); i++) {
      char c = segment.charAt(i);
      good = c == '_' || c >= 'A' && c <= 'Z' || i > 0 && c >= '0' && c <= '9';
    }
    if (!good) {
      throw new IllegalArgumentException(
          "not an AML name: '%s' in '%s' (one to four of A-Z, 0-9, _)".formatted(segment, path));
    }
  }

  @Override
  public void appendTo(AmlOutput out) {
    out.appendBytes(prefix.getBytes(StandardCharsets.US_ASCII));
    switch (segments.size()) {
      case 0 -> out.appendByte(0);
      case 1 -> {}
      case 2 -> out.appendByte(DUAL_NAME_PREFIX);
      default -> out.appendByte(MULTI_NAME_PREFIX).appendByte(segments.size());
    }
    for (String segment : segments) {
      String filled = segment + "_".repeat(SEGMENT_SIZE - segment.length());
      out.appendBytes(filled.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
