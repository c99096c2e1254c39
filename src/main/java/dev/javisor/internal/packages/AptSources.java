package dev.javisor.internal.packages;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads where a machine's apt takes packages from: {@code sources.list} and the {@code .list} and
 * {@code .sources} files beside it (sources.list(5)). Entries that this class makes nothing of are
 * left out: CD-ROMs, source packages, and what is switched off.
 */
final class AptSources {
  private static final Pattern LINE =
      Pattern.compile("deb\\s+(?:\\[([^]]*)]\\s+)?(\\S+)\\s+(\\S+)((?:\\s+[^\\s#]+)*)\\s*(?:#.*)?");
  private static final Set<String> SCHEMES = Set.of("http", "https", "file");

  private AptSources() {}

  /**
   * The archives that are configured, in the order of the files' names.
   *
   * @param configuration apt's folder, such as {@code /etc/apt}
   * @throws IOException if a file that is there cannot be read
   */
  static List<Archive> read(Path configuration) throws IOException {
    List<Archive> archives = new ArrayList<>();
    for (Path file : files(configuration)) {
      String text = Files.readString(file);
      if (file.toString().endsWith(".sources")) {
        Stanza.parse(text).forEach(stanza -> addStanza(stanza, archives));
      } else {
        text.lines().forEach(line -> addLine(line, archives));
      }
    }
    return archives;
  }

  private static List<Path> files(Path configuration) throws IOException {
    List<Path> files = new ArrayList<>(List.of(configuration.resolve("sources.list")));
    Path parts = configuration.resolve("sources.list.d");
    if (Files.isDirectory(parts)) {
      try (Stream<Path> list = Files.list(parts)) {
        list.filter(f -> f.getFileName().toString().matches(".*\\.(list|sources)"))
            .sorted()
            .forEach(files::add);
      }
    }
    files.removeIf(file -> !Files.isRegularFile(file));
    return files;
  }

  private static void addLine(String line, List<Archive> archives) {
    Matcher matcher = LINE.matcher(line.strip());
    if (!matcher.matches()) {
      return;
    }
    Optional<Path> keyring = Optional.empty();
    String options = matcher.group(1) == null ? "" : matcher.group(1);
    for (String option : options.strip().split("\\s+")) {
      if (option.toLowerCase(Locale.ROOT).startsWith("signed-by=/")) {
        keyring = Optional.of(Path.of(option.substring("signed-by=".length()).split(",")[0]));
      }
    }
    List<String> components =
        Stream.of(matcher.group(4).strip().split("\\s+")).filter(c -> !c.isEmpty()).toList();
    add(matcher.group(2), matcher.group(3), components, keyring, archives);
  }

  private static void addStanza(Stanza stanza, List<Archive> archives) {
    boolean off = Set.of("no", "false", "off", "0").contains(stanza.field("Enabled").orElse("yes"));
    if (off || !stanza.words("Types").contains("deb")) {
      return;
    }
    // Keys may also stand in the field itself; then the installed ones have to do.
    Optional<Path> keyring =
        stanza.words("Signed-By").stream().filter(w -> w.startsWith("/")).map(Path::of).findFirst();
    for (String uri : stanza.words("URIs")) {
      for (String suite : stanza.words("Suites")) {
        add(uri, suite, stanza.words("Components"), keyring, archives);
      }
    }
  }

  private static void add(
      String uri,
      String suite,
      List<String> components,
      Optional<Path> keyring,
      List<Archive> archives) {
    // A suite that ends in a slash is a flat repository, without components.
    if (!suite.endsWith("/") && !components.isEmpty()) {
      mirror(uri).ifPresent(m -> archives.add(new Archive(m, suite, components, keyring)));
    }
  }

  /** The address itself, or the first one of the list of mirrors that it names. */
  private static Optional<URI> mirror(String text) {
    try {
      if (text.startsWith("mirror+file:")) {
        try (Stream<String> lines =
            Files.lines(Path.of(text.substring(12).replaceAll("^/+", "/")))) {
          return lines
              .map(line -> line.strip().split("\\s+")[0])
              .filter(line -> !line.isEmpty() && !line.startsWith("#"))
              .findFirst()
              .flatMap(AptSources::mirror);
        }
      }
      URI uri = URI.create(text);
      return uri.getScheme() != null && SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))
          ? Optional.of(uri)
          : Optional.empty();
    } catch (IllegalArgumentException | IOException e) {
      return Optional.empty();
    }
  }
}
