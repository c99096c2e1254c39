package dev.javisor.internal.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The value of an option that has keys, such as {@code boot=4,topology=2:2:1:1}: Cloud Hypervisor's
 * way to write them. Commas between double quotes belong to a value, and the quotes do not; commas
 * between brackets belong to it, too, with the brackets and what is between them ({@link #list}).
 */
final class KeyValues {
  private final Map<String, String> values = new LinkedHashMap<>();

  private KeyValues() {}

  /**
   * Takes a value apart.
   *
   * @param option the option's name, for messages
   * @param keys the keys that it knows
   * @throws IllegalArgumentException naming the word that is wrong, and the nearest key
   */
  static KeyValues parse(String option, String text, List<String> keys) {
    KeyValues parsed = new KeyValues();
    for (String part : split(option, text)) {
      int equals = part.indexOf('=');
      String key = equals < 0 ? part : part.substring(0, equals);
      if (part.isEmpty()) {
        throw new IllegalArgumentException(
            text.isEmpty()
                ? "%s: expected KEY=VALUE; it knows %s".formatted(option, String.join(", ", keys))
                : "%s: a comma too many in '%s'".formatted(option, text));
      }
      if (!keys.contains(key)) {
        throw unknown(option, part, key, keys);
      }
      if (equals < 0) {
        throw new IllegalArgumentException(
            "%s: %s needs a value: %s=...".formatted(option, key, key));
      }
      if (parsed.values.put(key, part.substring(equals + 1)) != null) {
        throw new IllegalArgumentException("%s: %s is there twice".formatted(option, key));
      }
    }
    return parsed;
  }

  private static IllegalArgumentException unknown(
      String option, String part, String key, List<String> keys) {
    String known = String.join(", ", keys);
    if (!part.contains("=") && Nearest.of(part, keys).isEmpty()) {
      // The first key is the one that nobody can do without.
      return new IllegalArgumentException(
          "%s: '%s' is not KEY=VALUE; did you mean %s=%s? It knows %s"
              .formatted(option, part, keys.get(0), part, known));
    }
    return new IllegalArgumentException(
        "%s has no key '%s'%s It knows %s".formatted(option, key, Nearest.hint(key, keys), known));
  }

  private static List<String> split(String option, String text) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean quoted = false;
    int brackets = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        quoted = !quoted;
        if (brackets > 0) {
          part.append(c);
        }
      } else if (c == ',' && !quoted && brackets <= 0) {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        brackets += quoted ? 0 : c == '[' ? 1 : c == ']' ? -1 : 0;
        part.append(c);
      }
    }
    if (quoted) {
      throw new IllegalArgumentException("%s: the quotes in %s do not end".formatted(option, text));
    }
    parts.add(part.toString());
    return parts;
  }

  /**
   * The values of a key that takes several: {@code [a,"b,c"]}, or one without brackets.
   *
   * @throws IllegalArgumentException if a bracket lacks its other half
   */
  static List<String> list(String option, String key, String value) {
    boolean opened = value.startsWith("[");
    if (opened != value.endsWith("]") || opened && value.length() == 1) {
      throw new IllegalArgumentException(
          "%s: %s=%s: expected [ONE,TWO]".formatted(option, key, value));
    }
    return opened ? split(option, value.substring(1, value.length() - 1)) : List.of(value);
  }

  @Nullable String get(String key) {
    return values.get(key);
  }

  /**
   * The value of an on/off key.
   *
   * @throws IllegalArgumentException if it is neither
   */
  boolean isOn(String option, String key, boolean whenMissing) {
    String value = values.get(key);
    if (value == null) {
      return whenMissing;
    }
    return switch (value) {
      case "on", "true" -> true;
      case "off", "false" -> false;
      default ->
          throw new IllegalArgumentException(
              "%s: %s=%s: expected on or off".formatted(option, key, value));
    };
  }

  /**
   * The value of a key that takes a file's path.
   *
   * @throws IllegalArgumentException if it is empty
   */
  static Path path(String option, String key, String value) {
    return nonEmpty(option + ": " + key + "=", Path.of(value));
  }

  /**
   * A path, as it is.
   *
   * @throws IllegalArgumentException if it is empty
   */
  static Path nonEmpty(String option, Path path) {
    if (path.toString().isEmpty()) {
      throw new IllegalArgumentException(option + " needs a file's path, and has none");
    }
    return path;
  }

  /**
   * The value of a key that takes a whole number.
   *
   * @throws IllegalArgumentException if it is none
   */
  static int number(String option, String key, String value) {
    long number = longNumber(option, key, value);
    if (number != (int) number) {
      throw new IllegalArgumentException(
          "%s: %s=%s: expected a smaller number".formatted(option, key, value));
    }
    return (int) number;
  }

  /**
   * The value of a key that takes a whole number, which may be large.
   *
   * @throws IllegalArgumentException if it is none
   */
  static long longNumber(String option, String key, String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "%s: %s=%s: expected a whole number".formatted(option, key, value), e);
    }
  }
}
