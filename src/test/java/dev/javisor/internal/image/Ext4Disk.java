package dev.javisor.internal.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A disk as e2fsprogs sees it. */
public record Ext4Disk(Path file) {
  /** Has it checked, with nothing to mend. */
  public Ext4Disk check() throws Exception {
    Output fsck = run("e2fsck", "-fn", file.toString());
    assertEquals(0, fsck.status(), fsck.text());
    return this;
  }

  /** What debugfs says to a command. */
  public String ask(String command) throws Exception {
    Output output = run("debugfs", "-R", command, file.toString());
    return output.text().replaceFirst("debugfs \\S+ \\(.*\\)\n", "");
  }

  /** The bytes of a file. */
  public byte[] read(String path) throws Exception {
    return run("debugfs", "-R", "cat " + path, file.toString()).out();
  }

  /** A file's text. */
  public String text(String path) throws Exception {
    return new String(read(path), StandardCharsets.UTF_8);
  }

  /** Type, mode, owner and size in one line, such as {@code regular 0644 0:0 5}. */
  public String facts(String path) throws Exception {
    String stat = ask("stat " + path);
    return "%s %s %s:%s %s links=%s"
        .formatted(
            field(stat, "Type: (\\S+(?: special)?)"),
            field(stat, "Mode:\\s+(\\d+)"),
            field(stat, "User:\\s+(\\d+)"),
            field(stat, "Group:\\s+(\\d+)"),
            field(stat, "Size: (\\d+)"),
            field(stat, "Links: (\\d+)"));
  }

  private static String field(String stat, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(stat);
    return matcher.find() ? matcher.group(1) : "?";
  }

  private record Output(int status, byte[] out, String text) {}

  private static Output run(String... command) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of(command));
    // Not everybody has these folders in the path.
    words.set(
        0, (Files.exists(Path.of("/usr/sbin", command[0])) ? "/usr/sbin/" : "/sbin/") + command[0]);
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().merge("PATH", "/usr/sbin:/sbin", (a, b) -> a + ":" + b);
    // The program is looked for in this JVM's own PATH, which need not have these folders.
    words.set(
        0,
        java.nio.file.Files.exists(Path.of("/usr/sbin", command[0]))
            ? "/usr/sbin/" + command[0]
            : "/sbin/" + command[0]);
    boolean content = command.length > 2 && command[2].startsWith("cat ");
    builder.redirectErrorStream(!content);
    builder.redirectError(content ? ProcessBuilder.Redirect.DISCARD : ProcessBuilder.Redirect.PIPE);
    Process process = builder.start();
    process.getOutputStream().close();
    byte[] out = process.getInputStream().readAllBytes();
    return new Output(process.waitFor(), out, new String(out, StandardCharsets.UTF_8));
  }

  /** What is in a folder, each with a space before it. */
  String names(String path) throws Exception {
    StringBuilder names = new StringBuilder();
    for (String line : ask("ls -p " + path).split("\n")) {
      if (line.startsWith("/")) {
        names.append(' ').append(line.split("/")[5]);
      }
    }
    return names.toString();
  }
}
