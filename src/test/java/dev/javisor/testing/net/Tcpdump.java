package dev.javisor.testing.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads files of captured frames by tcpdump, whose library is Wireshark's too. */
public final class Tcpdump {
  private Tcpdump() {}

  /**
   * What it says of each frame, in a line with seconds and nanoseconds in front.
   *
   * @throws AssertionError if it does not read the file to its end
   */
  public static List<String> read(Path pcap) throws IOException, InterruptedException {
    Path complaints = Files.createTempFile("javisor-tcpdump-", ".log");
    try {
      Process process =
          new ProcessBuilder(
                  "tcpdump",
                  "-nn",
                  "-tt",
                  "--time-stamp-precision=nano",
                  // Root's files stay readable for it.
                  "-Z",
                  "root",
                  "-r",
                  pcap.toString())
              .redirectError(complaints.toFile())
              .start();
      List<String> lines =
          new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
      assertEquals(0, process.waitFor(), () -> lines + "\n" + text(complaints));
      return lines;
    } finally {
      Files.delete(complaints);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
