package dev.javisor.testing.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.javisor.VirtualMachine;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Compares the public API with the file that is checked in, so that it changes on purpose only.
 *
 * <p>After a change on purpose: {@code mvn test -Dtest=PublicApiTest -Djavisor.api.update}, and
 * commit the file.
 */
class PublicApiTest {
  private static final Path FILE = Path.of("src", "test", "resources", "public-api.txt");

  private static List<String> now;

  @BeforeAll
  static void readClasses() throws URISyntaxException {
    now =
        ApiSignature.of(
            Path.of(
                VirtualMachine.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
  }

  @Test
  void shouldBeWhatIsCheckedIn() throws IOException {
    if (System.getProperty("javisor.api.update") != null) {
      Files.write(FILE, now);
      return;
    }
    List<String> checkedIn;
    try (InputStream file = PublicApiTest.class.getResourceAsStream("/public-api.txt")) {
      checkedIn = new String(file.readAllBytes(), UTF_8).lines().toList();
    }
    List<String> added = minus(now, checkedIn);
    List<String> removed = minus(checkedIn, now);

    if (!now.equals(checkedIn)) {
      fail(
          "the public API is not what "
              + FILE
              + " says; if that is on purpose, run: mvn test -Dtest=PublicApiTest"
              + " -Djavisor.api.update\nadded:\n  "
              + String.join("\n  ", added)
              + "\nremoved (breaks users):\n  "
              + String.join("\n  ", removed));
    }
  }

  @Test
  void shouldShowNoTypeOfALibraryThatUsersDoNotAskFor() {
    List<String> foreign =
        now.stream()
            .filter(
                line ->
                    line.matches(
                        ".*(com\\.google|com\\.sun|org\\.apache|org\\.tukaani|picocli|internal\\.).*"))
            .toList();

    assertEquals(List.of(), foreign);
  }

  @Test
  void shouldNameAccessorsWithoutGet() {
    List<String> getters =
        now.stream().filter(line -> line.matches("  .*\\bget[A-Z]\\w*\\(.*")).toList();

    assertEquals(List.of(), getters);
  }

  @Test
  void shouldShowWhatUsersStartFrom() {
    assertTrue(
        now.contains(
            "public interface dev.javisor.VirtualMachine extends java.lang.AutoCloseable"));
    assertTrue(now.contains("  static builder(): dev.javisor.VirtualMachine$Builder"));
    assertTrue(
        now.stream().anyMatch(line -> line.matches("public sealed interface .*VmExit permits .*")));
    assertTrue(
        now.contains("  constructor (java.lang.String, java.lang.Throwable?)"),
        "nullness is part of it");
  }

  private static List<String> minus(List<String> lines, List<String> others) {
    List<String> rest = new ArrayList<>(lines);
    others.forEach(rest::remove);
    return rest;
  }
}
