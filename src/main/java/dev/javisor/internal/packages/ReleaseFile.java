package dev.javisor.internal.packages;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An archive's Release file: what is in it, with sums.
 *
 * @param files size and sum by path
 * @param byHash whether files can also be had by their sums, which never change under a reader
 */
record ReleaseFile(Map<String, Entry> files, boolean byHash) {
  /**
   * One file.
   *
   * @param size in bytes
   * @param sha256 64 lower-case hexadecimal digits
   */
  record Entry(long size, String sha256) {}

  ReleaseFile {
    files = Map.copyOf(files);
  }

  /**
   * Reads it.
   *
   * @param text what was signed
   * @param suite the release that was asked for
   * @throws IOException if it is of another release, or older than its authors let it be used
   */
  static ReleaseFile parse(String text, String suite, Instant now) throws IOException {
    List<Stanza> stanzas = Stanza.parse(text);
    if (stanzas.size() != 1) {
      throw new IOException("a Release file with %d paragraphs".formatted(stanzas.size()));
    }
    Stanza stanza = stanzas.get(0);
    List<String> names =
        List.of(stanza.field("Suite").orElse(""), stanza.field("Codename").orElse(""));
    if (!names.contains(suite)) {
      throw new IOException("the mirror has the release %s instead of %s".formatted(names, suite));
    }
    Optional<String> until = stanza.field("Valid-Until");
    if (until.isPresent() && date(until.get()).isBefore(now)) {
      throw new IOException("the mirror is out of date: its index was valid until " + until.get());
    }
    Map<String, Entry> files = new HashMap<>();
    for (String line : stanza.field("SHA256").orElse("").split("\n")) {
      String[] words = line.strip().split("\\s+");
      if (words.length == 3 && words[1].matches("[0-9]{1,12}")) {
        files.put(words[2], new Entry(Long.parseLong(words[1]), words[0].toLowerCase(Locale.ROOT)));
      }
    }
    return new ReleaseFile(files, "yes".equals(stanza.field("Acquire-By-Hash").orElse("")));
  }

  private static Instant date(String text) throws IOException {
    try {
      String plain = text.replaceFirst("(UTC|Z)$", "GMT").replaceFirst(", (\\d) ", ", 0$1 ");
      DateTimeFormatter form =
          DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss z", Locale.ENGLISH);
      return ZonedDateTime.parse(plain, form).toInstant();
    } catch (DateTimeException e) {
      throw new IOException("a Release file with the date " + text, e);
    }
  }
}
