package dev.javisor.testing.suite;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The command line by which the test script drives a suite of tests through a folder that all
 * machines share.
 *
 * <ul>
 *   <li>{@code discover FOLDER TAG CLASSES}: writes the list of tests.
 *   <li>{@code run FOLDER TAG WHERE}: runs classes of tests until none is left; status 1 if a test
 *       failed.
 *   <li>{@code check FOLDER}: compares what ran with the list; status 1 unless all passed.
 * </ul>
 */
public final class SuiteMain {

  private static final String LIST = "discovered.tsv";

  private SuiteMain() {}

  /** Runs one verb and ends the JVM. */
  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    // What tests print is not progress.
    System.setOut(System.err);
    if (args.length < 2) {
      System.err.println(
          "usage: discover FOLDER TAG CLASSES | run FOLDER TAG WHERE | check FOLDER");
      System.exit(64);
    }
    Path folder = Path.of(args[1]);
    int status =
        switch (args[0]) {
          case "discover" -> discover(folder, args[2], Path.of(args[3]), out);
          case "run" -> run(folder, args[2], args[3], out);
          case "check" -> check(folder, out);
          default -> throw new IllegalArgumentException("no such verb: " + args[0]);
        };
    out.flush();
    // A test may have left a thread behind that would keep the JVM alive.
    System.exit(status);
  }

  private static int discover(Path folder, String tag, Path classes, PrintStream out)
      throws IOException {
    List<Discovery.Entry> entries =
        Discovery.find(LauncherFactory.create(), Discovery.request(classes, tag));
    Files.createDirectories(folder);
    Discovery.write(folder.resolve(LIST), entries);
    long classCount = entries.stream().map(Discovery.Entry::className).distinct().count();
    out.printf(
        Locale.ROOT, "%d tests in %d classes with the tag %s%n", entries.size(), classCount, tag);
    return entries.isEmpty() ? 1 : 0;
  }

  private static int run(Path folder, String tag, String where, PrintStream out)
      throws IOException {
    ClassQueue queue =
        new ClassQueue(
            folder, ClassSeconds.load().longestFirst(Discovery.read(folder.resolve(LIST))));
    EventWriter events =
        new EventWriter(where, folder.resolve("events-" + where.replace(' ', '-') + ".tsv"), out);
    new SuiteRunner(where, tag).run(queue, events);
    return events.failures() == 0 ? 0 : 1;
  }

  private static int check(Path folder, PrintStream out) throws IOException {
    List<TestEvent> events = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().startsWith("events-")).sorted().toList()) {
        readEvents(file, events);
      }
    }
    List<Discovery.Entry> entries = Discovery.read(folder.resolve(LIST));
    ClassSeconds.write(folder.resolve("seconds.properties"), entries, events);
    SuiteReport report = new SuiteReport(entries, events);
    report.print(out);
    return report.failures().isEmpty() && report.passed() > 0 ? 0 : 1;
  }

  private static void readEvents(Path file, List<TestEvent> into) throws IOException {
    for (String line : Files.readAllLines(file)) {
      try {
        into.add(TestEvent.fromLine(line));
      } catch (IllegalArgumentException e) {
        // The machine died over this line; the test that it was about counts as not ended.
      }
    }
  }
}
