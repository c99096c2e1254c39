package dev.javisor.testing.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class SuiteTest {

  private static final String TAG = "suite-fixture";

  @TempDir Path folder;

  @Test
  void shouldCountEachMethodOnce_whenAllPass() throws IOException {
    SuiteReport report = runAndCheck(Passing.class);

    assertEquals(List.of(), report.failures());
    assertEquals(3, report.passed());
    assertEquals(0, report.repeated());
    assertEquals(Map.of("lab 1", 3), report.ranWhere());
  }

  @Test
  void shouldEndWithTheSummaryLine() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    runAndCheck(Passing.class).print(new PrintStream(out, true, StandardCharsets.UTF_8));

    assertEquals(
        "3 tests, ran: 3 in lab 1; 0 repeated\n3 passed, 0 failed\n",
        out.toString(StandardCharsets.UTF_8));
  }

  @Test
  void shouldFail_whenOneInvocationOfSeveralFails() throws IOException {
    SuiteReport report = runAndCheck(OneInvocationFails.class);

    assertEquals(1, report.failures().size());
    assertTrue(report.failures().get(0).reason().contains("two is wrong"));
    assertEquals(0, report.passed());
  }

  @Test
  void shouldFail_whenSkippedOrAborted() throws IOException {
    SuiteReport report = runAndCheck(Aborting.class);

    assertEquals(1, report.failures().size());
    assertTrue(report.failures().get(0).reason().startsWith("aborted in lab 1"));
  }

  @Test
  void shouldBlameTheClass_whenItsSetUpFails() throws IOException {
    SuiteReport report = runAndCheck(SetUpFails.class);

    assertEquals(2, report.failures().size());
    assertTrue(report.failures().get(0).reason().contains("no kernel"));
    assertTrue(report.failures().get(0).id().contains("shouldNeverStart"));
  }

  @Test
  void shouldFail_whenOnlyTheTearDownFails() throws IOException {
    SuiteReport report = runAndCheck(TearDownFails.class);

    assertEquals(1, report.passed());
    assertEquals(1, report.failures().size());
    assertTrue(report.failures().get(0).reason().contains("left something behind"));
  }

  @Test
  void shouldFail_whenATestRanNowhereOrDidNotEnd() {
    SuiteReport report =
        new SuiteReport(
            List.of(entry("[m:a]"), entry("[m:b]"), entry("[m:c]")),
            List.of(
                event(TestEvent.Kind.STARTED, "[m:a]", "lab 1"),
                event(TestEvent.Kind.PASSED, "[m:a]", "lab 1"),
                event(TestEvent.Kind.STARTED, "[m:b]", "lab 1")));

    assertEquals(1, report.passed());
    assertEquals(
        List.of(
            new SuiteReport.Failure("[m:b]", "started, but did not end"),
            new SuiteReport.Failure("[m:c]", "ran nowhere")),
        report.failures());
  }

  @Test
  void shouldAcceptOneRepeat_whenTheMachineDiedUnderTheFirst() {
    SuiteReport report =
        new SuiteReport(
            List.of(entry("[m:a]")),
            List.of(
                event(TestEvent.Kind.STARTED, "[m:a]", "lab 1"),
                event(TestEvent.Kind.STARTED, "[m:a]", "lab 3"),
                event(TestEvent.Kind.PASSED, "[m:a]", "lab 3")));

    assertEquals(List.of(), report.failures());
    assertEquals(1, report.repeated());
    assertEquals(Map.of("lab 3", 1), report.ranWhere());
  }

  @Test
  void shouldFail_whenATestRanThreeTimesOrFailedBeforeItPassed() {
    TestEvent started = event(TestEvent.Kind.STARTED, "[m:a]", "lab 1");
    TestEvent startedOther = event(TestEvent.Kind.STARTED, "[m:b]", "lab 1");
    SuiteReport report =
        new SuiteReport(
            List.of(entry("[m:a]"), entry("[m:b]")),
            List.of(
                started,
                started,
                started,
                event(TestEvent.Kind.PASSED, "[m:a]", "lab 1"),
                startedOther,
                event(TestEvent.Kind.FAILED, "[m:b]", "lab 1"),
                startedOther,
                event(TestEvent.Kind.PASSED, "[m:b]", "lab 3")));

    assertEquals(0, report.passed());
    assertEquals(2, report.failures().size());
  }

  @Test
  void shouldKeepEveryCharacter_whenAnEventIsWrittenAndRead() {
    TestEvent event =
        new TestEvent(
            TestEvent.Kind.FAILED, "[m:a\tb]", true, "here", Duration.ofMillis(7), "a\\n\r\n\tb\\");

    assertEquals(event, TestEvent.fromLine(event.toLine()));
    assertThrows(IllegalArgumentException.class, () -> TestEvent.fromLine("PASSED\ttest\tla"));
  }

  @Test
  void shouldHandOutEachClassOnce_whenTwoMachinesShareAQueue() throws IOException {
    ClassQueue one = new ClassQueue(folder, List.of("a.A", "b.B", "c.C"));
    ClassQueue other = new ClassQueue(folder, List.of("a.A", "b.B", "c.C"));

    assertEquals(Optional.of("a.A"), one.claim("lab 1"));
    assertEquals(Optional.of("b.B"), other.claim("lab 2"));
    assertEquals(Optional.of("c.C"), one.claim("lab 1"));
    assertEquals(Optional.empty(), other.claim("lab 2"));
    assertEquals("lab 2\n", Files.readString(folder.resolve("claimed/b.B/where")));
  }

  @Test
  void shouldTakeTheLongestClassFirst() {
    Properties measured = new Properties();
    measured.setProperty("a.Short", "5");
    measured.setProperty("a.Long", "70");
    List<Discovery.Entry> entries =
        Stream.of("a.Short", "a.Unknown", "a.Long")
            .map(name -> new Discovery.Entry(name, "[m:" + name + "]"))
            .toList();

    assertEquals(
        List.of("a.Long", "a.Unknown", "a.Short"), ClassSeconds.of(measured).longestFirst(entries));
  }

  private SuiteReport runAndCheck(Class<?> fixture) throws IOException {
    List<Discovery.Entry> entries =
        Discovery.find(
            LauncherFactory.create(),
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(fixture))
                .filters(TagFilter.includeTags(TAG))
                .build());
    Path file = folder.resolve("events.tsv");
    EventWriter events =
        new EventWriter("lab 1", file, new PrintStream(new ByteArrayOutputStream()));
    new SuiteRunner("lab 1", TAG).run(new ClassQueue(folder, List.of(fixture.getName())), events);
    return new SuiteReport(
        entries, Files.readAllLines(file).stream().map(TestEvent::fromLine).toList());
  }

  private static Discovery.Entry entry(String id) {
    return new Discovery.Entry("a.A", id);
  }

  private static TestEvent event(TestEvent.Kind kind, String id, String where) {
    return new TestEvent(kind, id, true, where, Duration.ofSeconds(1), "");
  }

  @Tag(TAG)
  static class Passing {
    @Test
    void shouldPass() {
      assertEquals(4, 2 + 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldPass_whenCalledSeveralTimes(int value) {
      assertTrue(value > 0);
    }

    @TestFactory
    Stream<DynamicTest> shouldPass_whenDynamic() {
      return Stream.of(DynamicTest.dynamicTest("one", () -> assertTrue(folderExists())));
    }

    private static boolean folderExists() {
      return Files.exists(Path.of("/"));
    }
  }

  @Tag(TAG)
  static class OneInvocationFails {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldNotBeTwo(int value) {
      assertTrue(value != 2, "two is wrong");
    }
  }

  @Tag(TAG)
  static class Aborting {
    @Test
    void shouldNeedWhatIsNotThere() {
      Assumptions.abort("not on this machine");
    }
  }

  @Tag(TAG)
  static class SetUpFails {
    @BeforeAll
    static void setUp() {
      throw new IllegalStateException("no kernel");
    }

    @Test
    void shouldNeverStart() {
      assertEquals(4, 2 + 2);
    }

    @Test
    void shouldNeverStartEither() {
      assertEquals(4, 2 + 2);
    }
  }

  @Tag(TAG)
  static class TearDownFails {
    @AfterAll
    static void tearDown() {
      throw new IllegalStateException("left something behind");
    }

    @Test
    void shouldPass() {
      assertEquals(4, 2 + 2);
    }
  }
}
