package dev.javisor.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a run into a folder: {@code report.json}, {@code report.md}, and a chart for each
 * measurement, {@code blk-read.svg} say.
 */
final class ReportFolder {
  private ReportFolder() {}

  /**
   * Writes all.
   *
   * @return why there are no charts, if so
   */
  static Optional<String> write(Run run, Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("report.json"), JsonReport.of(run));
    StringBuilder text = new StringBuilder(MarkdownReport.of(run));
    try {
      for (Map.Entry<String, Result> entry : run.results().entrySet()) {
        if (!entry.getValue().measured().isEmpty()) {
          String name = entry.getKey() + ".svg";
          Files.writeString(folder.resolve(name), Chart.of(entry.getValue()));
          text.append("\n![%s](%s)\n".formatted(entry.getValue().title(), name));
        }
      }
      return Optional.empty();
    } catch (LinkageError | InternalError | RuntimeException e) {
      // What a JDK throws that finds no font; on Debian all of them bring some.
      return Optional.of(
          "no charts: %s; on Debian: apt-get install fonts-dejavu-core".formatted(e));
    } finally {
      Files.writeString(folder.resolve("report.md"), text);
    }
  }
}
