package dev.javisor.internal.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a cached folder holds: each file's size and sum, and the attributes that its maker gave. As
 * text it is one line an item, sorted, so that equal content has equal text.
 *
 * @param attributes what the maker told about the content
 * @param files size and sum by path below the folder, with {@code /} between names
 */
record Manifest(Map<String, String> attributes, Map<String, FileSum> files) {
  private static final String HEAD = "javisor-cache 1";

  /**
   * One file's content.
   *
   * @param size in bytes
   * @param sha256 64 hexadecimal digits
   */
  record FileSum(long size, String sha256) {}

  Manifest {
    attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
    files = Collections.unmodifiableMap(new TreeMap<>(files));
  }

  /** Reads and sums the regular files of a folder. */
  static Manifest of(Path folder, Map<String, String> attributes) throws IOException {
    Map<String, FileSum> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) walk.filter(Files::isRegularFile)::iterator) {
        String name = folder.relativize(file).toString();
        if (name.indexOf('\n') >= 0) {
          throw new CacheException("a file name with a line break: " + name.replace('\n', '?'));
        }
        files.put(name, new FileSum(Files.size(file), Sha256.of(file)));
      }
    }
    return new Manifest(attributes, files);
  }

  String toText() {
    StringBuilder text = new StringBuilder(HEAD).append('\n');
    attributes.forEach(
        (k, v) -> {
          if (k.indexOf('=') >= 0 || k.indexOf('\n') >= 0 || v.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("attribute " + k + "=" + v);
          }
          text.append("attribute ").append(k).append('=').append(v).append('\n');
        });
    files.forEach(
        (name, sum) -> text.append("file %s %d %s\n".formatted(sum.sha256(), sum.size(), name)));
    return text.toString();
  }

  /**
   * @throws CacheException if the text is not what {@link #toText} writes
   */
  static Manifest parse(String text) throws CacheException {
    Map<String, String> attributes = new TreeMap<>();
    Map<String, FileSum> files = new TreeMap<>();
    String[] lines = text.split("\n", -1);
    if (!lines[0].equals(HEAD)) {
      throw new CacheException("not a manifest");
    }
    for (int i = 1; i < lines.length; i++) {
      String[] words = lines[i].split(" ", 4);
      if (words[0].equals("attribute") && lines[i].indexOf('=') > 0) {
        int equals = lines[i].indexOf('=');
        attributes.put(lines[i].substring(10, equals), lines[i].substring(equals + 1));
      } else if (words.length == 4 && words[0].equals("file")) {
        files.put(words[3], new FileSum(parseSize(words[2]), words[1]));
      } else if (!lines[i].isEmpty()) {
        throw new CacheException("a damaged manifest");
      }
    }
    return new Manifest(attributes, files);
  }

  private static long parseSize(String text) throws CacheException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new CacheException("a damaged manifest", e);
    }
  }
}
