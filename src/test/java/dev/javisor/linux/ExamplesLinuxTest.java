package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples, each in a JVM of its own as a user starts it. */
@Tag("linux-guest")
class ExamplesLinuxTest {
  @TempDir private Path folder;

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

  private String run(String example, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
    command.add(
        System.getProperty("javisor.test.examples")
            + File.pathSeparator
            + System.getProperty("java.class.path"));
    command.add("dev.javisor.examples." + example);
    command.addAll(List.of(arguments));
    Path log = folder.resolve(example + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean ended = process.waitFor(LinuxGuest.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    process.destroyForcibly().waitFor();
    String output = Files.readString(log);
    assertTrue(ended, output);
    assertEquals(0, process.exitValue(), output);
    return output;
  }
}
