package dev.javisor.testing.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Finds what has no doc comment. The Javadoc build cannot: it does not tell a missing sentence from
 * a missing tag, which is no fault where the sentence says it all, and sees public types only.
 */
class DocCommentsTest {
  private static final Path SOURCES = Path.of("src", "main", "java");
  private static final Pattern TYPE =
      Pattern.compile("((public|final|abstract|sealed) )*(class|interface|record|enum) .*");

  private static final Pattern NO_COMMENT =
      Pattern.compile("^(.*):(\\d+): warning: no comment$", Pattern.MULTILINE);

  @Test
  void shouldSayOfEachTypeWhatItIs() throws IOException {
    List<String> undocumented = new ArrayList<>();
    int types = 0;
    for (Path file : sources()) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (TYPE.matcher(lines.get(i)).matches()) {
          types++;
          if (!isDocumented(lines, i)) {
            undocumented.add(file.toString());
          }
        }
      }
    }

    assertTrue(types > 50, "found " + types + " types in " + SOURCES);
    assertEquals(List.of(), undocumented);
  }

  @Test
  void shouldSayOfEachPublicMemberWhatItDoes(@TempDir Path output) throws IOException {
    StringWriter said = new StringWriter();
    List<String> arguments = new ArrayList<>();
    // The compiled classes too stand on the class path, so that only these files are looked at.
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    arguments.addAll(List.of("-d", output.toString(), "-quiet", "-protected", "-locale", "en"));
    arguments.addAll(List.of("-Xdoclint:missing", "-Xmaxwarns", "10000"));
    for (Path file : sources()) {
      if (!file.toString().contains(File.separator + "internal" + File.separator)) {
        arguments.add(file.toString());
      }
    }
    arguments.removeIf(argument -> argument.endsWith("module-info.java"));

    ToolProvider javadoc = ToolProvider.findFirst("javadoc").orElseThrow();
    PrintWriter writer = new PrintWriter(said);
    int status = javadoc.run(writer, writer, arguments.toArray(new String[0]));

    assertEquals(0, status, said::toString);
    List<String> undocumented = new ArrayList<>();
    Matcher matcher = NO_COMMENT.matcher(said.toString());
    while (matcher.find()) {
      int line = Integer.parseInt(matcher.group(2)) - 1;
      // Private fields of exceptions count as their serialized form; nobody reads about them.
      if (!Files.readAllLines(Path.of(matcher.group(1))).get(line).contains("private ")) {
        undocumented.add(matcher.group());
      }
    }
    assertEquals(List.of(), undocumented);
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  /** Whether a doc comment ends above this line, with nothing but annotations between. */
  private static boolean isDocumented(List<String> lines, int declaration) {
    int i = declaration - 1;
    while (i > 0 && !lines.get(i).isBlank() && !lines.get(i).endsWith("*/")) {
      i--;
    }
    return lines.get(i).endsWith("*/");
  }
}
