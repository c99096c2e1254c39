package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.ExampleClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The code of the README and the guides is the examples' code, which compiles; their links lead
 * somewhere.
 */
class ReadmeTest {
  private static final Path NEWCOMER = Path.of("src/test/newcomer/src/test/java/LinuxTest.java");
  private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "javadoc/user-guide.md"})
  void shouldQuoteTheExamples_whenItShowsJava(Path page) throws IOException {
    String examples = withoutSpace(allText(ExampleClasses.sources()) + Files.readString(NEWCOMER));

    List<String> blocks = found(JAVA_BLOCK, Files.readString(page));

    assertFalse(blocks.isEmpty());
    for (String block : blocks) {
      assertTrue(examples.contains(withoutSpace(block)), "not in examples/:\n" + block);
    }
  }

  @Test
  void shouldCompileAllExamples(@TempDir Path classes) throws IOException {
    ExampleClasses.compile(classes, NEWCOMER);

    assertTrue(Files.exists(classes.resolve("dev/javisor/examples/HelloLinux.class")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "javadoc/user-guide.md"})
  void shouldLinkToFilesThatAreThere(Path page) throws IOException {
    List<String> links = found(LINK, Files.readString(page));

    assertFalse(links.isEmpty());
    assertEquals(
        List.of(),
        links.stream().filter(link -> !Files.exists(page.resolveSibling(link))).toList());
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult match) -> match.group(1)).toList();
  }

  private static String allText(List<Path> files) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Path file : files) {
      text.append(Files.readString(file));
    }
    return text.toString();
  }

  private static String withoutSpace(String text) {
    return text.replaceAll("\\s+", "");
  }
}
