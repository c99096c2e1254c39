package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples, each in a JVM of its own as a user starts it. */
@Tag("linux-guest")
class ExamplesLinuxTest {
  /** Some boot several guests, one after the other. */
  private static final Duration LIMIT = LinuxGuest.LIMIT.multipliedBy(2);

  @TempDir private Path folder;

  @Test
  void shouldSayHello() throws Exception {
    String output = run("HelloLinux", "1", "256M");

    assertTrue(output.contains("Hello from Linux 6."), output);
    assertTrue(output.contains("The guest ended: PowerOff"), output);
  }

  @Test
  void shouldMakeUpADiskInJava() throws Exception {
    String output = run("JavaDisk");

    assertTrue(output.contains("The guest has a disk of 2147483648 sectors:"), output);
    assertTrue(output.contains("sector 2147483647, made by Java"), output);
    assertTrue(output.contains("It cannot be written to."), output);
  }

  @Test
  void shouldConnectTwoGuests() throws Exception {
    Path recording = folder.resolve("wire.pcap");

    String output = run("TwoGuests", recording.toString());

    assertTrue(output.contains("two: A letter of guest one, Linux 6."), output);
    assertTrue(Files.size(recording) > 1000, output);
  }

  @Test
  void shouldRunCommandsOfHttpCallers_andLeaveNothingBehind() throws Exception {
    String output =
        start(
            "JettyPool",
            List.of("-Dpool.warm=1", "-Dpool.seconds=5", "dev.javisor.examples.JettyPool"));

    assertTrue(output.contains("ls /tmp: 200 65534 | Linux | left"), output);
    assertTrue(output.contains("ls /tmp; echo nothing of others: 200 nothing of others"), output);
    assertTrue(output.contains("while :; do :; done: 504"), output);
    assertTrue(output.contains("yes: 507"), output);
    assertTrue(output.contains("undeployed, and nothing is left"), output);
    assertTrue(output.contains("echo once more: 200 once more"), output);
  }

  @Test
  void shouldTestAServiceOfDebian() throws Exception {
    assertTrue(test("WebServerTest").contains("2 tests successful"));
  }

  @Test
  void shouldElectALeader_loseItToAPartition_andAgreeWhenItIsHealed() throws Exception {
    assertTrue(test("LeaderElectionTest").contains("1 tests successful"));
  }

  private String test(String example) throws IOException, InterruptedException {
    return start(
        example,
        List.of(
            "-Djavisor.timeout.multiplier=10",
            "-Djavisor.console.dir=" + folder,
            "org.junit.platform.console.ConsoleLauncher",
            "execute",
            "--fail-if-no-tests",
            "--select-class",
            "dev.javisor.examples." + example));
  }

  private String run(String example, String... arguments) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("dev.javisor.examples." + example));
    words.addAll(List.of(arguments));
    return start(example, words);
  }

  private String start(String example, List<String> words)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
    command.add(
        String.join(
            File.pathSeparator,
            System.getProperty("javisor.test.examples"),
            System.getProperty("java.class.path"),
            System.getProperty("javisor.test.junit")));
    command.addAll(words);
    Path log = folder.resolve(example + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean ended = process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    process.destroyForcibly().waitFor();
    String output = Files.readString(log);
    assertTrue(ended, output);
    assertEquals(0, process.exitValue(), output);
    return output;
  }
}
