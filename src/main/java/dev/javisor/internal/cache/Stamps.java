package dev.javisor.internal.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Remembers how files looked when their sums were last found right, so that an untouched file of
 * tens of MiB is not read again each time. A file that was written to since looks different: its
 * change time cannot be set back. Not safe for use by several threads.
 */
final class Stamps {
  static final String FILE = ".stamps";

  private static final long COARSE_MILLIS = 100;

  private final Path folder;
  private final Map<String, String> looks;

  private Stamps(Path folder, Map<String, String> looks) {
    this.folder = folder;
    this.looks = looks;
  }

  /** The stamps of a folder; none if there is no record or it cannot be read. */
  static Stamps read(Path folder) {
    Map<String, String> looks = new TreeMap<>();
    try {
      for (String line : Files.readAllLines(folder.resolve(FILE), StandardCharsets.UTF_8)) {
        int space = line.indexOf(' ');
        if (space > 0) {
          looks.put(line.substring(space + 1), line.substring(0, space));
        }
      }
    } catch (IOException e) {
      looks.clear();
    }
    return new Stamps(folder, looks);
  }

  /** Whether the file looks as it did when it was last found right. */
  boolean unchanged(String name) {
    String then = looks.get(name);
    return then != null && look(name).filter(then::equals).isPresent();
  }

  /**
   * Records that the file is right as it looks now. One that changed a moment ago is left out: a
   * file system's clock is coarse, and the next change might leave the same time.
   */
  void add(String name) {
    if (isSettled(name)) {
      look(name).ifPresent(now -> looks.put(name, now));
    }
  }

  private boolean isSettled(String name) {
    try {
      Object changed = Files.getAttribute(folder.resolve(name), "unix:ctime");
      return System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(nanos(changed))
          > COARSE_MILLIS;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** Writes the record; where that fails, files are only read once more next time. */
  void save() {
    StringBuilder text = new StringBuilder();
    looks.forEach((name, look) -> text.append(look).append(' ').append(name).append('\n'));
    try {
      Path next = Files.createTempFile(folder, FILE, ".new");
      try {
        Files.writeString(next, text);
        Files.move(next, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(next);
      }
    } catch (IOException e) {
      // A cache that may only be read works too.
      return;
    }
  }

  private Optional<String> look(String name) {
    try {
      Map<String, Object> facts =
          Files.readAttributes(folder.resolve(name), "unix:size,lastModifiedTime,ctime,ino");
      return Optional.of(
          "%s/%s/%s/%s"
              .formatted(
                  facts.get("size"),
                  nanos(facts.get("lastModifiedTime")),
                  nanos(facts.get("ctime")),
                  facts.get("ino")));
    } catch (IOException | UnsupportedOperationException e) {
      // Without these facts every use reads the file.
      return Optional.empty();
    }
  }

  private static long nanos(@Nullable Object time) {
    return time instanceof FileTime t ? t.to(TimeUnit.NANOSECONDS) : 0;
  }
}
