package dev.javisor.internal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VmExit;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
  void shouldSayWhatIsWrongWithARateLimit() {
    String disk = "path=d,";
    assertEquals(ExitStatus.USAGE, runDisk(disk + "bw_size=1000"));
    assertEquals(ExitStatus.USAGE, runDisk(disk + "ops_size=0,ops_refill_time=1"));
    assertEquals(ExitStatus.USAGE, runDisk(disk + "bw_size=1,bw_refill_time=soon"));
    assertEquals(ExitStatus.USAGE, runDisk(disk + "rate_limit_group=g"));
    String group = "id=g,ops_size=1,ops_refill_time=1";
    assertEquals(
        ExitStatus.USAGE,
        runDisk(
            disk + "rate_limit_group=g,bw_size=1,bw_refill_time=1", "--rate-limit-group", group));
    assertEquals(ExitStatus.USAGE, runDisk(disk, "--rate-limit-group", "id=g"));
    assertEquals(ExitStatus.USAGE, runDisk("path=d", "--rate-limit-group", "id=g"));
    assertEquals(ExitStatus.USAGE, runDisk("path=d", "--rate-limit-group", group, group));
    assertEquals(
        ExitStatus.ERROR, runDisk(disk + "rate_limit_group=g", "--rate-limit-group", group));

    String said = text(err);
    for (String message :
        new String[] {
          "a limit needs both bw_size and bw_refill_time",
          "--disk: ops: bucket size 0: expected 1 to 2^50",
          "bw_refill_time=soon: expected a whole number",
          "there is no rate_limit_group=g: define it by --rate-limit-group id=g,...",
          "a device has a limit of its own or rate_limit_group=g, not both",
          "group g limits nothing",
          "there are two groups g",
        }) {
      assertTrue(said.contains(message), message + " in " + said);
    }
  }

  private int runDisk(String disk, String... more) {
    List<String> words = new ArrayList<>(List.of("run", "--kernel", "k", "--disk", disk));
    words.addAll(List.of(more));
    return run(words.toArray(new String[0]));
  }

  @Test
  void shouldStartOneOfKernelAndFirmware() {
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--firmware", "f"));
    assertEquals(ExitStatus.USAGE, run("run", "--cpus", "boot=1"));
    assertEquals(ExitStatus.ERROR, run("run", "--firmware", "/missing/fw"));

    String said = text(err);
    assertTrue(said.contains("--firmware=FILE are mutually exclusive"), said);
    assertTrue(said.contains("--kernel=FILE | --firmware=FILE"), said);
    assertTrue(said.contains("firmware = /missing/fw: there is no such file"), said);
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
  void shouldSayWhyAFileCannotBeWritten(@TempDir Path folder) {
    String missing = folder.resolve("missing").toString();

    assertEquals(
        ExitStatus.USAGE, run("run", "--kernel", "k", "--event-monitor", "path=" + missing + "/e"));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--log-file", missing + "/l"));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--event-monitor", "path="));
    assertEquals(
        ExitStatus.USAGE, run("run", "--kernel", "k", "--event-monitor", "path=" + folder));

    String said = text(err);
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
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--disk", "path=d,,direct=on"));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--disk", ""));

    String said = text(err);
    assertTrue(said.contains("--disk: a comma too many in 'path=d,,direct=on'"), said);
    assertTrue(said.contains("--disk: expected KEY=VALUE"), said);
    assertFalse(said.contains("did you mean"), said);
  }

  @Test
  void shouldNameTheWord_whenADiskIsDescribedWrongly() {
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--disk", "path=d,readonyl=on"));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--disk", "readonly=on"));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--disk", "path=d,num_queues=two"));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--disk", "path=\"d,readonly=on"));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--disk"));

    String said = text(err);
    assertTrue(said.contains("--disk has no key 'readonyl'; did you mean readonly?"), said);
    assertTrue(said.contains("--disk: path=FILE is missing"), said);
    assertTrue(said.contains("num_queues=two: expected a whole number"), said);
    assertTrue(said.contains("the quotes in path=\"d,readonly=on do not end"), said);
  }

  @Test
  void shouldNameTheWord_whenANetworkIsDescribedWrongly() {
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--net", "tap=,mca="));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--net", "num_queues=3"));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--net", "fd=[3,x]"));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--net", "mtu=large"));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--net"));

    String said = text(err);
    assertTrue(said.contains("--net has no key 'mca'; did you mean mac?"), said);
    assertTrue(said.contains("num_queues=3: expected an even number"), said);
    assertTrue(said.contains("fd=x: expected a whole number"), said);
    assertTrue(said.contains("mtu=large: expected a whole number"), said);
  }

  @Test
  void shouldTakeNetworks_withEmptyValuesAndWithout() {
    assertEquals(
        ExitStatus.ERROR,
        run(
            "run",
            "--net",
            "tap=,mac=,ip=,mask=",
            "tap=a.name.that.is.too.long,mac=x,ip=y,mask=z,host_mac=1,mtu=1,num_queues=4,"
                + "queue_size=3,fd=[0,1],offload_csum=off,id=one",
            "--kernel",
            "/missing/kernel"));

    String said = text(err);
    assertFalse(said.contains("nets[0]"), said);
    for (String key :
        List.of("tap", "mac", "ip", "hostMac", "mtu", "queueSize", "fd", "offloadChecksum")) {
      assertTrue(said.contains("nets[1]." + key + " = "), key + ": " + said);
    }
  }

  @Test
  void shouldTakeDisksOneAfterTheOtherAndOptionByOption() {
    assertEquals(
        ExitStatus.ERROR,
        run(
            "run",
            "--disk",
            "path=/missing/a",
            "path=\"/missing/b,1\",readonly=on,direct=off,num_queues=2,queue_size=256",
            "--kernel",
            "/missing/kernel",
            "--disk",
            "path=/missing/c,serial=S,id=third"));

    String said = text(err);
    for (String file : new String[] {"/missing/a", "/missing/b,1", "/missing/c", "kernel"}) {
      assertTrue(said.contains(file), said);
    }
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

    String said = text(err);
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
      assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--platform", wrong[0]));
      assertTrue(text(err).contains(wrong[1]), text(err));
    }
  }

  @Test
  void shouldTakeEntropyFromWhereItIsTold() {
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--rng", "source=x"));
    assertEquals(ExitStatus.ERROR, run("run", "--kernel", "k", "--rng", "src=/missing/rng"));
    assertEquals(ExitStatus.ERROR, run("run", "--rng", "--kernel", "/missing/kernel"));

    String said = text(err);
    assertTrue(said.contains("--rng has no key 'source'; did you mean src?"), said);
    assertTrue(said.contains("/missing/rng"), said);
    assertTrue(said.contains("/missing/kernel"), said);
  }

  @Test
  void shouldPassOnWhatADiskHas() {
    assertEquals(
        ExitStatus.ERROR,
        run(
            "run",
            "--kernel",
            "k",
            "--disk",
            "path=d,num_queues=65,queue_size=3,serial=\t,id=,poll=1001",
            "path=e,poll=on",
            "path=f,poll=off",
            "path=g,poll=50"));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--disk", "path=d,poll=always"));

    String said = text(err);
    assertTrue(said.contains("poll=always: expected on, off or microseconds"), said);
    assertTrue(said.contains("disks[0].poll"), said);
    for (String poll : new String[] {"disks[1].poll", "disks[2].poll", "disks[3].poll"}) {
      assertFalse(said.contains(poll), said);
    }
    for (String value :
        new String[] {"65", "power of two", "up to 20 printable", "1 to 64 printable"}) {
      assertTrue(said.contains(value), said);
    }
  }

  @Test
  void shouldNameTheMode_whenAConsoleHasNoSuch() {
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--console", "sokcet=x"));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--serial", "file"));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--serial", "socket="));
    assertEquals(ExitStatus.USAGE, run("run", "--kernel", "k", "--console", "pty=/dev/pts/1"));
    assertEquals(
        ExitStatus.USAGE, run("run", "--kernel", "k", "--serial", "tty", "--console", "tty"));

    String said = text(err);
    assertTrue(said.contains("--console has no mode 'sokcet'; did you mean socket?"), said);
    assertTrue(said.contains("--serial: file needs a path: file=FILE"), said);
    assertTrue(said.contains("--serial: socket needs a path: socket=FILE"), said);
    assertTrue(said.contains("--console: pty takes nothing: pty=/dev/pts/1"), said);
    assertTrue(said.contains("--serial tty and --console tty: there is one terminal"), said);
  }

  @Test
  void shouldReportFilesOfConsolesThatCannotBe() {
    String in = "/missing/folder/";

    assertEquals(
        ExitStatus.ERROR,
        run(
            "run",
            "--kernel",
            "k",
            "--serial",
            "file=" + in + "a",
            "--console",
            "socket=" + in + "b"));

    assertTrue(text(err).contains(in + "a"), text(err));
    assertTrue(text(err).contains(in + "b"), text(err));
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
