package dev.javisor.internal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VmExit;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void shouldListItsCommands_whenAskedForHelp() {
    assertEquals(ExitStatus.OK, run("--help"));

    assertTrue(text(out).contains("fetch-kernel"), text(out));
  }

  @Test
  void shouldNameTheWord_whenItIsNoCommand() {
    assertEquals(ExitStatus.USAGE, run("rum"));

    assertTrue(text(err).contains("no command is called rum"), text(err));
  }

  @Test
  void shouldDescribeEachOption_whenRunIsAskedForHelp() {
    assertEquals(ExitStatus.OK, run("run", "--help"));

    for (String option : new String[] {"--kernel", "--initramfs", "--cpus", "--memory"}) {
      assertTrue(text(out).contains(option), option);
    }
  }

  @Test
  void shouldTellItsVersion_whenAsked() {
    for (String option : new String[] {"-V", "--version"}) {
      out.reset();
      assertEquals(ExitStatus.OK, run("run", option));

      assertTrue(text(out).matches("javisor \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\\s+"), text(out));
    }
  }

  @Test
  void shouldNameTheNearestKey_whenAKeyIsMisspelt() {
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--cpus", "bot=4"));

    assertTrue(text(err).contains("--cpus has no key 'bot'; did you mean boot?"), text(err));
  }

  @Test
  void shouldNameTheNearestOption_whenAnOptionIsMisspelt() {
    assertEquals(ExitStatus.USAGE, run("run", "--kernl", "k"));

    assertTrue(text(err).contains("--kernel"), text(err));
  }

  @Test
  void shouldSayWhatAValueShouldBe_whenItIsNot() {
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--cpus", "boot=many"));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--cpus", "topology=1:2"));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--memory", "shared=maybe"));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--memory", "size"));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--serial", "ttyy"));

    String said = text(err);
    assertTrue(said.contains("boot=many: expected a whole number"), said);
    assertTrue(said.contains("expected threads:cores:dies:packages"), said);
    assertTrue(said.contains("shared=maybe: expected on or off"), said);
    assertTrue(said.contains("size needs a value"), said);
    assertTrue(said.contains("did you mean tty?"), said);
  }

  @Test
  void shouldReportAllMistakesOfTheMachine_whenItsValuesAreWrong() {
    assertEquals(
        ExitStatus.ERROR, run("run", "--kernel", "/does/not/exist", "--memory", "size=1000"));

    assertTrue(text(err).contains("/does/not/exist"), text(err));
    assertTrue(text(err).contains("1000"), text(err));
  }

  @Test
  void shouldTellEndsApart_whenTheGuestEnds() {
    assertEquals(ExitStatus.OK, ExitStatus.of(new VmExit.PowerOff()));
    assertEquals(ExitStatus.RESET, ExitStatus.of(new VmExit.Reset()));
    assertEquals(ExitStatus.PANIC, ExitStatus.of(new VmExit.Panic("x")));
    assertEquals(ExitStatus.TRIPLE_FAULT, ExitStatus.of(new VmExit.TripleFault("x")));
    assertEquals(ExitStatus.KILLED, ExitStatus.of(new VmExit.Killed()));
    assertEquals(ExitStatus.ERROR, ExitStatus.of(new VmExit.Failed(new RuntimeException())));
  }

  private int run(String... args) {
    return Main.run(new PrintStream(out, true), new PrintStream(err, true), args);
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
