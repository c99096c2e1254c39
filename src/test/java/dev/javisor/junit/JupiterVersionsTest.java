package dev.javisor.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The extension on the versions of JUnit that users have: the tests beside this one once more, each
 * time in a JVM with that version. The build puts these into {@code target/junits}.
 */
@Timeout(300)
class JupiterVersionsTest {
  private static final List<Class<?>> TESTS =
      List.of(VmTest.class, ParallelVmTest.class, BudgetTest.class, SettingsTest.class);
  private static final Pattern SUCCESSFUL = Pattern.compile("(\\d+) tests successful");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"1.10.5", "1.13.4", "6.0.1"})
  void shouldPassAllTests_whenJUnitIsOfThisVersion(String platform) throws Exception {
    Path junit = Path.of("target/junits/junit-platform-console-standalone-" + platform + ".jar");
    assertTrue(junit.toFile().isFile(), () -> junit + " is missing: mvn process-test-resources");

    String said = run(junit);

    Matcher count = SUCCESSFUL.matcher(said);
    assertTrue(count.find(), said);
    assertTrue(Integer.parseInt(count.group(1)) >= 40, said);
    assertTrue(said.contains(" 0 tests failed"), said);
  }

  private String run(Path junit) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=error"));
    command.addAll(List.of("-cp", junit.toAbsolutePath() + File.pathSeparator + otherClasses()));
    command.add("org.junit.platform.console.ConsoleLauncher");
    command.addAll(List.of("execute", "--details=summary", "--disable-banner"));
    command.add("--disable-ansi-colors");
    TESTS.forEach(type -> command.add("--select-class=" + type.getName()));
    Path output = directory.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = process.waitFor(4, TimeUnit.MINUTES);
      String said = Files.readString(output, StandardCharsets.UTF_8);
      assertTrue(ended, said);
      assertEquals(0, process.exitValue(), said);
      return said;
    } finally {
      process.destroyForcibly();
    }
  }

  /** This JVM's class path without its own JUnit. */
  private static String otherClasses() {
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    String others =
        Arrays.stream(all.split(File.pathSeparator))
            .filter(entry -> !isJunit(new File(entry).getName()))
            .collect(Collectors.joining(File.pathSeparator));
    assertFalse(others.isEmpty());
    return others;
  }

  private static boolean isJunit(String name) {
    return name.startsWith("junit-") || name.startsWith("opentest4j-");
  }
}
