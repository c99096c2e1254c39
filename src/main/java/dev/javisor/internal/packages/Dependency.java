package dev.javisor.internal.packages;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One package that another depends on (Debian policy §7.1).
 *
 * @param name the package's name
 * @param version the version that it must have exactly, if one is asked for
 */
record Dependency(String name, Optional<String> version) {
  private static final Pattern FORM =
      Pattern.compile(
          "([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)?\\s*(?:\\(\\s*(<<|<=|=|>=|>>)\\s*([^)\\s]+)\\s*\\))?.*");

  /** The packages that a Depends field names, alternatives included, in its order. */
  static List<Dependency> parse(String field) {
    return Stream.of(field.split("[,|]"))
        .map(String::strip)
        .map(FORM::matcher)
        .filter(Matcher::matches)
        .map(
            m ->
                new Dependency(
                    m.group(1),
                    "=".equals(m.group(2)) ? Optional.of(m.group(3)) : Optional.empty()))
        .toList();
  }
}
