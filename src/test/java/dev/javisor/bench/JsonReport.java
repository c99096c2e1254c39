package dev.javisor.bench;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a run as JSON, with the values of all rounds. */
final class JsonReport {
  private JsonReport() {}

  static String of(Run run) throws IOException {
    List<Object> results = new ArrayList<>();
    run.results().forEach((name, result) -> results.add(result(name, result)));
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("machine", run.machine());
    report.put("results", results);
    return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(report) + "\n";
  }

  private static Map<String, Object> result(String name, Result result) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", name);
    fields.put("title", result.title());
    fields.put("unit", result.unit());
    fields.put("subjects", result.figures().stream().map(JsonReport::subject).toList());
    fields.put("goals", result.goals().stream().map(JsonReport::goal).toList());
    return fields;
  }

  private static Map<String, Object> subject(Figure figure) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", figure.subject());
    if (!figure.samples().isEmpty()) {
      fields.put("median", figure.samples().median());
    }
    fields.put("values", figure.samples().values());
    if (!figure.remark().isEmpty()) {
      fields.put("remark", figure.remark());
    }
    return fields;
  }

  private static Map<String, Object> goal(Goal goal) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("text", goal.text());
    fields.put("met", goal.met());
    return fields;
  }
}
