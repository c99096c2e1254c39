package dev.javisor.testing.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.ExampleClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each public type has an example in its doc comment, and the examples compile. They are the bodies
 * of methods, or of classes where they begin with a member, with the values and imports that {@link
 * #CLASS} names.
 */
class DocExamplesTest {
  private static final Path SOURCES = Path.of("src", "main", "java", "dev", "javisor");
  private static final Pattern PUBLIC_TYPE =
      Pattern.compile(
          "^public ((final|abstract|sealed|non-sealed) )*(class|interface|record|enum|@interface) ",
          Pattern.MULTILINE);
  private static final Pattern EXAMPLE =
      Pattern.compile("<pre>\\{@code\n(.*?)\n[ *]*\\}</pre>", Pattern.DOTALL);
  private static final Pattern MEMBERS =
      Pattern.compile("(@|private |static |[\\w\\[\\]]+ \\w+\\([^=\n]*\\{\n).*", Pattern.DOTALL);

  private static final String CLASS =
      """
      import static java.nio.charset.StandardCharsets.UTF_8;
      import static org.junit.jupiter.api.Assertions.*;
      import dev.javisor.*;
      import dev.javisor.agent.*;
      import dev.javisor.backend.*;
      import dev.javisor.config.*;
      import dev.javisor.error.*;
      import dev.javisor.event.*;
      import dev.javisor.guest.*;
      import dev.javisor.image.*;
      import dev.javisor.junit.*;
      import dev.javisor.net.*;
      import java.io.BufferedReader;
      import java.io.IOException;
      import java.io.InputStream;
      import java.io.InputStreamReader;
      import java.io.OutputStream;
      import java.io.UncheckedIOException;
      import java.net.URI;
      import java.nio.ByteBuffer;
      import java.nio.channels.ByteChannel;
      import java.nio.channels.Channels;
      import java.nio.file.Files;
      import java.nio.file.Path;
      import java.time.Duration;
      import java.util.*;
      import java.util.concurrent.CompletableFuture;
      import java.util.concurrent.TimeUnit;
      import java.util.regex.Pattern;
      import org.junit.jupiter.api.*;
      import org.junit.jupiter.api.extension.*;
      import org.slf4j.Logger;
      """;

  @Test
  void shouldShowAnExampleInEachPublicType() throws IOException {
    List<Path> types = publicTypes();

    assertTrue(types.size() > 70, types::toString);
    List<String> without = new ArrayList<>();
    for (Path type : types) {
      if (examples(type).isEmpty()) {
        without.add(type.getFileName().toString());
      }
    }
    assertEquals(List.of(), without);
  }

  @Test
  void shouldCompileTheExamples(@TempDir Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path type : publicTypes()) {
      List<String> examples = examples(type);
      for (int i = 0; i < examples.size(); i++) {
        String name = "Example%dOf%s".formatted(i, type.getFileName()).replace(".java", "");
        String wrapped =
            MEMBERS.matcher(examples.get(i)).matches()
                ? "class %s {%n%s%n}%n".formatted(name, examples.get(i))
                : """
                  class %s {
                  void run(VirtualMachine vm, VirtualMachine.Builder builder, Logger logger) throws Exception {
                  %s
                  }}
                  """
                    .formatted(name, examples.get(i));
        files.add(Files.writeString(folder.resolve(name + ".java"), CLASS + wrapped));
      }
    }

    ExampleClasses.compileOnly(Files.createDirectory(folder.resolve("classes")), files);
  }

  private static List<Path> publicTypes() throws IOException {
    List<Path> types = new ArrayList<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
        if (!file.startsWith(SOURCES.resolve("internal"))
            && PUBLIC_TYPE.matcher(Files.readString(file)).find()) {
          types.add(file);
        }
      }
    }
    return types;
  }

  /** The text of a file's examples, without the comment's stars. */
  private static List<String> examples(Path type) throws IOException {
    return EXAMPLE
        .matcher(Files.readString(type))
        .results()
        .map((MatchResult match) -> match.group(1).lines())
        .map(lines -> lines.map(DocExamplesTest::plain).collect(Collectors.joining("\n")))
        .toList();
  }

  private static String plain(String line) {
    return line.replaceFirst("^\\s*\\* ?", "");
  }
}
