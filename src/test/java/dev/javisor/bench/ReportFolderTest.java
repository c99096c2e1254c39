package dev.javisor.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFolderTest {
  private static final Result RESULT =
      new Result(
          "reads of 4 KiB",
          "us",
          List.of(
              figure("Peer", 9, 10, 12),
              Figure.of("Absent").withRemark("failed: no such thing"),
              figure("Javisor", 4, 5, 200),
              figure("Javisor, polling", 1, 2, 3)),
          List.of(new Goal("half of the peer's or less", true)));

  @TempDir Path folder;

  @Test
  void shouldWriteTheTable() throws IOException {
    write(RESULT);

    assertEquals(
        List.of(
            "a machine",
            "",
            "| measure | subject | median | least .. most | ratio | goals |",
            "|---|---|---|---|---|---|",
            "| reads of 4 KiB (us) | Peer | 10.00 | 9.00 .. 12.00 |  |  |",
            "|  | Javisor | 5.00 | 4.00 .. 200 | x 0.50 | half of the peer's or less: met |",
            "|  | Javisor, polling | 2.00 | 1.00 .. 3.00 | x 0.20 |  |",
            "",
            "![reads of 4 KiB](blk-read.svg)"),
        Files.readAllLines(folder.resolve("out/report.md")));
  }

  @Test
  void shouldWriteAllValuesAsJson() throws IOException {
    write(RESULT);

    Map<String, Object> report =
        JSON.std.mapFrom(Files.readString(folder.resolve("out/report.json")));
    Map<?, ?> result = (Map<?, ?>) ((List<?>) report.get("results")).get(0);
    List<?> subjects = (List<?>) result.get("subjects");
    assertEquals("blk-read", result.get("name"));
    assertEquals(
        Map.of("name", "Javisor", "median", 5.0, "values", List.of(4.0, 5.0, 200.0)),
        subjects.get(2));
    assertEquals("failed: no such thing", ((Map<?, ?>) subjects.get(1)).get("remark"));
    assertEquals(
        List.of(Map.of("text", "half of the peer's or less", "met", true)), result.get("goals"));
  }

  @Test
  void shouldDrawSubjectsWithValues() throws IOException {
    write(RESULT);

    String svg = Files.readString(folder.resolve("out/blk-read.svg"));
    String medians = "fill:rgb(31,95,168)";
    int subjectsAndLegend = 3 + 1;
    assertTrue(svg.startsWith("<?xml") && svg.contains("</svg"), svg);
    assertEquals(subjectsAndLegend, svg.split(Pattern.quote(medians), -1).length - 1, svg);
  }

  @Test
  void shouldDrawNothing_whenNothingWasMeasured() throws IOException {
    write(new Result("reads", "us", List.of(Figure.of("Javisor").withRemark("no")), List.of()));

    assertFalse(Files.exists(folder.resolve("out/blk-read.svg")));
  }

  @Test
  void shouldSayWhyASubjectHasNoValues() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    new TextReport(new PrintStream(out, true, StandardCharsets.UTF_8)).add(RESULT);

    assertEquals(
        List.of(
            "",
            "reads of 4 KiB (us)",
            "  Peer                  10.00  9.00 .. 12.00",
            "  Absent            failed: no such thing",
            "  Javisor                5.00  4.00 .. 200  x 0.50",
            "  Javisor, polling       2.00  1.00 .. 3.00  x 0.20",
            "  goal: half of the peer's or less: met"),
        out.toString(StandardCharsets.UTF_8).lines().toList());
  }

  private void write(Result result) throws IOException {
    Run run = new Run("a machine");
    run.add("blk-read", result);
    assertEquals(Optional.empty(), ReportFolder.write(run, folder.resolve("out")));
  }

  private static Figure figure(String subject, double... values) {
    Figure figure = Figure.of(subject);
    for (double value : values) {
      figure.samples().add(value);
    }
    return figure;
  }
}
