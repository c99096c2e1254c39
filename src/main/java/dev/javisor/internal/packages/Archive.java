package dev.javisor.internal.packages;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One release of a distribution on a mirror.
 *
 * @param mirror the address that has {@code dists} and {@code pool} below it, ending in {@code /}
 * @param suite the release
 * @param components the parts of it, such as {@code main}
 * @param keyring the keys that sign it, if the configuration names any
 */
record Archive(URI mirror, String suite, List<String> components, Optional<Path> keyring) {
  Archive {
    if (!mirror.toString().endsWith("/")) {
      mirror = URI.create(mirror + "/");
    }
    components = List.copyOf(components);
  }

  Archive withSuite(String newSuite) {
    return new Archive(mirror, newSuite, components, keyring);
  }

  Archive withKeyring(Path newKeyring) {
    return new Archive(mirror, suite, components, Optional.of(newKeyring));
  }

  /** As a line of sources.list(5). */
  String toSourceLine(String architecture) {
    return "deb [arch=%s%s] %s %s %s"
        .formatted(
            architecture,
            keyring.map(k -> " signed-by=" + k).orElse(""),
            mirror,
            suite,
            String.join(" ", components));
  }

  @Override
  public String toString() {
    return mirror + " " + suite;
  }
}
