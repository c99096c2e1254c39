package dev.javisor.internal.packages;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One paragraph of {@code Field: value} lines, as package indexes, Release files and deb822 source
 * lists are made of (deb822(5)). Field names ignore case; a continued value keeps its line breaks.
 */
final class Stanza {
  private final Map<String, String> fields;

  private Stanza(Map<String, String> fields) {
    this.fields = fields;
  }

  /** The field's value, if it has one. */
  Optional<String> field(String name) {
    return Optional.ofNullable(fields.get(name.toLowerCase(Locale.ROOT)));
  }

  /** The field's words; none where it is missing. */
  List<String> words(String name) {
    return field(name).map(String::strip).filter(v -> !v.isEmpty()).stream()
        .flatMap(v -> Arrays.stream(v.split("\\s+")))
        .toList();
  }

  /**
   * Reads all paragraphs of a text. Lines that are neither a field nor a continuation are left out.
   */
  static List<Stanza> parse(String text) {
    List<Stanza> stanzas = new ArrayList<>();
    Map<String, String> fields = new LinkedHashMap<>();
    String last = "";
    for (String line : (Iterable<String>) text.lines()::iterator) {
      if (line.startsWith("#")) {
        continue;
      }
      if (line.isBlank()) {
        if (!fields.isEmpty()) {
          stanzas.add(new Stanza(fields));
          fields = new LinkedHashMap<>();
        }
        last = "";
      } else if (Character.isWhitespace(line.charAt(0))) {
        if (!last.isEmpty()) {
          fields.merge(last, line.strip(), (a, b) -> a + "\n" + b);
        }
      } else if (line.indexOf(':') > 0) {
        int colon = line.indexOf(':');
        last = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
        fields.put(last, line.substring(colon + 1).strip());
      }
    }
    if (!fields.isEmpty()) {
      stanzas.add(new Stanza(fields));
    }
    return stanzas;
  }
}
