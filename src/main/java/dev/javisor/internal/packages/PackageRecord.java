package dev.javisor.internal.packages;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One package of an index.
 *
 * @param name its name
 * @param version its version
 * @param size of its file in bytes, or 0 if the index does not tell
 * @param depends the packages that it needs
 * @param filename its file's path below the mirror, if the index tells
 * @param sha256 its file's sum, 64 lower-case hexadecimal digits, if the index tells
 */
record PackageRecord(
    String name,
    String version,
    long size,
    List<Dependency> depends,
    Optional<String> filename,
    Optional<String> sha256) {

  /** Reads a paragraph of an index; empty if it is none of a package. */
  static Optional<PackageRecord> of(Stanza stanza) {
    Optional<String> name = stanza.field("Package");
    Optional<String> version = stanza.field("Version");
    if (name.isEmpty() || version.isEmpty()) {
      return Optional.empty();
    }
    String depends =
        stanza.field("Depends").orElse("") + "," + stanza.field("Pre-Depends").orElse("");
    return Optional.of(
        new PackageRecord(
            name.get(),
            version.get(),
            stanza
                .field("Size")
                .filter(s -> s.matches("[0-9]{1,15}"))
                .map(Long::parseLong)
                .orElse(0L),
            Dependency.parse(depends.replace('\n', ' ')),
            stanza.field("Filename"),
            stanza.field("SHA256").map(s -> s.toLowerCase(Locale.ROOT))));
  }

  @Override
  public String toString() {
    return name + " " + version;
  }
}
