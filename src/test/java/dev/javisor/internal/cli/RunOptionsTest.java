package dev.javisor.internal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VmExit;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code run} says of its options, but of those for devices. */
class RunOptionsTest extends RunOptionsFixture {
  @Test
  void shouldSayWhatIsWrongInOneLine_andWhereTheRestStands() {
    wrong("--cpus", "boot=many");

    assertEquals(
        List.of(
            "javisor: --cpus: boot=many: expected a whole number",
            "javisor run --help tells all options."),
        main.err().lines().toList());
  }

  @Test
  void shouldNameTheKey_whenAValueHasNone() {
    wrong("--disk", "focal.raw");
    wrong("--memory", "512M");
    wrong("--cpus", "4");
    wrong("--event-monitor", "/tmp/events");
    wrong("--disk", "readonyl");

    String said = main.err();
    assertTrue(said.contains("'focal.raw' is not KEY=VALUE; did you mean path=focal.raw?"), said);
    assertTrue(said.contains("did you mean size=512M?"), said);
    assertTrue(said.contains("did you mean boot=4?"), said);
    assertTrue(said.contains("did you mean path=/tmp/events?"), said);
    assertTrue(said.contains("no key 'readonyl'; did you mean readonly?"), said);
  }

  @Test
  void shouldSayThatAPathIsMissing_whenItIsEmpty() {
    wrong("--disk", "path=");
    wrong("--rng", "src=");
    wrong("--initramfs", "");
    wrong("--log-file", "");
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", ""));
    assertEquals(ExitStatus.USAGE, run("run", "--firmware="));

    String said = main.err();
    for (String what :
        List.of(
            "--disk: path=",
            "--rng: src=",
            "--initramfs",
            "--log-file",
            "--kernel",
            "--firmware")) {
      assertTrue(said.contains("javisor: " + what + " needs a file's path, and has none"), said);
    }
  }

  @Test
  void shouldDescribeEachOption_whenRunIsAskedForHelp() {
    assertEquals(ExitStatus.OK, run("run", "--help"));

    for (String option : new String[] {"--kernel", "--initramfs", "--cpus", "--memory"}) {
      assertTrue(main.out().contains(option), option);
    }
  }

  @Test
  void shouldNameTheNearestKey_whenAKeyIsMisspelt() {
    wrong("--cpus", "bot=4");

    assertTrue(main.err().contains("--cpus has no key 'bot'; did you mean boot?"), main.err());
  }

  @Test
  void shouldNameTheNearestOption_whenAnOptionIsMisspelt() {
    assertEquals(ExitStatus.USAGE, run("run", "--kernl", "k"));

    assertTrue(main.err().contains("--kernel"), main.err());
  }

  @Test
  void shouldStartOneOfKernelAndFirmware() {
    wrong("--firmware", "f");
    assertEquals(ExitStatus.USAGE, run("run", "--cpus", "boot=1"));
    assertEquals(ExitStatus.ERROR, run("run", "--firmware", "/missing/fw"));

    String said = main.err();
    assertTrue(said.contains("--firmware=FILE are mutually exclusive"), said);
    assertTrue(said.contains("--kernel=FILE | --firmware=FILE"), said);
    assertTrue(said.contains("firmware = /missing/fw: there is no such file"), said);
  }

  @Test
  void shouldSayWhatAValueShouldBe_whenItIsNot() {
    wrong("--cpus", "boot=many");
    wrong("--cpus", "topology=1:2");
    wrong("--memory", "shared=maybe");
    wrong("--memory", "size");
    wrong("--serial", "ttyy");

    String said = main.err();
    assertTrue(said.contains("boot=many: expected a whole number"), said);
    assertTrue(said.contains("expected threads:cores:dies:packages"), said);
    assertTrue(said.contains("shared=maybe: expected on or off"), said);
    assertTrue(said.contains("size needs a value"), said);
    assertTrue(said.contains("did you mean tty?"), said);
  }

  @Test
  void shouldSayWhyAFileCannotBeWritten(@TempDir Path folder) {
    String missing = folder.resolve("missing").toString();

    wrong("--event-monitor", "path=" + missing + "/e");
    wrong("--log-file", missing + "/l");
    wrong("--event-monitor", "path=");
    wrong("--event-monitor", "path=" + folder);

    String said = main.err();
    assertTrue(
        said.contains(
            "--event-monitor: cannot write %s/e: there is no directory %s"
                .formatted(missing, missing)),
        said);
    assertTrue(
        said.contains(
            "--log-file: cannot write %s/l: there is no directory %s".formatted(missing, missing)),
        said);
    assertTrue(said.contains("--event-monitor: path=FILE is missing"), said);
    assertTrue(said.contains("--event-monitor: cannot write " + folder + ": it is a folder"), said);
  }

  @Test
  void shouldSayThatAKeyIsMissing_whenACommaIsTooMany() {
    wrong("--disk", "path=d,,direct=on");
    wrong("--disk", "");

    String said = main.err();
    assertTrue(said.contains("--disk: a comma too many in 'path=d,,direct=on'"), said);
    assertTrue(said.contains("--disk: expected KEY=VALUE"), said);
    assertFalse(said.contains("did you mean"), said);
  }

  @Test
  void shouldTellTheGuestWhatItIsTold() {
    String kernel = "/missing/kernel";
    String id = "00112233-4455-6677-8899-aabbccddeeff";
    assertEquals(
        ExitStatus.ERROR,
        run("run", "--kernel", kernel, "--platform", "serial_number=a\nb,uuid=" + id));
    assertEquals(
        ExitStatus.ERROR, run("run", "--kernel", kernel, "--platform", "oem_strings=[a,\"b,c\",]"));
    assertEquals(ExitStatus.ERROR, run("run", "--kernel", kernel, "--pvpanic"));

    String said = main.err();
    assertTrue(said.contains("platform.serial"), said);
    assertTrue(said.contains("platform.oemStrings[2]"), said);
    assertTrue(!said.contains("platform.uuid"), said);
  }

  @Test
  void shouldNameWhatIsWrongWithThePlatform() {
    for (String[] wrong :
        new String[][] {
          {"serial=x", "no key 'serial'"},
          {"uuid=1-2-3-4-5", "the UUID 1-2-3-4-5: expected 32 hexadecimal digits"},
          {"uuid=00112233-4455-6677-8899-aabbccddeeff0", "expected 32 hexadecimal digits"},
          {"serial_number=a,system_serial_number=b", "both there"},
          {"uuid=a,uuid=b", "twice"},
          {"oem_strings=[a", "expected [ONE,TWO]"},
        }) {
      wrong("--platform", wrong[0]);
      assertTrue(main.err().contains(wrong[1]), main.err());
    }
  }

  @Test
  void shouldNameTheMode_whenAConsoleHasNoSuch() {
    wrong("--console", "sokcet=x");
    wrong("--serial", "file");
    wrong("--serial", "socket=");
    wrong("--console", "pty=/dev/pts/1");
    wrong("--serial", "tty", "--console", "tty");

    String said = main.err();
    assertTrue(said.contains("--console has no mode 'sokcet'; did you mean socket?"), said);
    assertTrue(said.contains("--serial: file needs a path: file=FILE"), said);
    assertTrue(said.contains("--serial: socket needs a path: socket=FILE"), said);
    assertTrue(said.contains("--console: pty takes nothing: pty=/dev/pts/1"), said);
    assertTrue(said.contains("--serial tty and --console tty: there is one terminal"), said);
  }

  @Test
  void shouldReportFilesOfConsolesThatCannotBe() {
    String in = "/missing/folder/";

    impossible("--serial", "file=" + in + "a", "--console", "socket=" + in + "b");

    assertTrue(main.err().contains(in + "a"), main.err());
    assertTrue(main.err().contains(in + "b"), main.err());
  }

  @Test
  void shouldReportAllMistakesOfTheMachine_whenItsValuesAreWrong() {
    assertEquals(
        ExitStatus.ERROR, run("run", "--kernel", "/does/not/exist", "--memory", "size=1000"));

    assertTrue(main.err().contains("/does/not/exist"), main.err());
    assertTrue(main.err().contains("1000"), main.err());
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
}
