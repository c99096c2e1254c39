package dev.javisor.internal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.microguest.ChildJvm;
import dev.javisor.testing.microguest.MicroGuest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command line as people have it: a process of its own, with a terminal or without. */
@Timeout(120)
class RunProcessTest {
  private static final String LEAVE = "\u001d\u001d\u001d";

  @TempDir Path folder;
  private Process process;
  private final StringBuilder screen = new StringBuilder();

  @BeforeEach
  void writeKernel() {
    MicroGuest.echo("[ready]").write(folder.resolve("echo"));
  }

  @AfterEach
  void end() {
    process.destroyForcibly();
  }

  @Test
  void shouldGiveTheTerminalToTheGuestAndBackAsItWas() throws Exception {
    startOnTerminal();
    awaitScreen("[ready]");

    type("a\u0003b");
    awaitScreen("a\u0003b");
    type(LEAVE);
    awaitScreen("status=130");

    assertEquals(0, process.waitFor());
    String settings = between("BEFORE", "END1");
    assertTrue(settings.contains("icanon"), settings);
    assertEquals(settings, between("AFTER", "END2"));
  }

  @Test
  void shouldGiveTheTerminalBack_whenTerminated() throws Exception {
    startOnTerminal();
    awaitScreen("[ready]");
    // The guest echoes, so the terminal is the guest's by now.
    type("x");
    awaitScreen("[ready]x");

    ProcessHandle program =
        process.descendants().filter(RunProcessTest::isJava).findFirst().orElseThrow();
    assertTrue(program.destroy());
    awaitScreen("status=");
    assertEquals(0, process.waitFor());

    assertEquals(between("BEFORE", "END1"), between("AFTER", "END2"));
  }

  @Test
  void shouldTakeTheTerminalAgain_whenStoppedAndContinued() throws Exception {
    startOnTerminal();
    awaitScreen("[ready]");
    type("x");
    awaitScreen("[ready]x");
    long program =
        process.descendants().filter(RunProcessTest::isJava).findFirst().orElseThrow().pid();
    Path terminal = Files.readSymbolicLink(Path.of("/proc/%d/fd/0".formatted(program)));

    shell("kill -STOP %d; stty -F %s sane; kill -CONT %d".formatted(program, terminal, program));
    while (!shell("stty -F %s -a".formatted(terminal)).contains("-icanon")) {
      Thread.sleep(50);
    }
    type("a\u0003b");
    awaitScreen("a\u0003b");
    type(LEAVE);
    awaitScreen("status=130");

    assertEquals(0, process.waitFor());
    assertEquals(between("BEFORE", "END1"), between("AFTER", "END2"));
  }

  @Test
  void shouldTellEventsAndLog_whenFilesAreNamed() throws Exception {
    Path events = folder.resolve("events");
    Path log = folder.resolve("log");
    start(
        ChildJvm.command(
            List.of(),
            Main.class,
            "run",
            "--kernel",
            folder.resolve("echo").toString(),
            "--serial",
            "tty",
            "--event-monitor",
            "path=" + events,
            "--log-file",
            log.toString(),
            "-vv"));
    awaitScreen("[ready]");

    process.destroy();
    process.waitFor();

    List<String> lines = Files.readAllLines(events);
    String names =
        lines.stream()
            .map(line -> line.replaceFirst(".*\"event\":\"([a-z]+)\".*", "$1"))
            .collect(Collectors.joining(" "));
    assertTrue(names.startsWith("starting booting booted"), names);
    assertTrue(
        lines.get(0).matches("\\{\"timestamp\":\\{\"secs\":\\d+,\"nanos\":\\d+}.*}"), lines.get(0));
    assertTrue(Files.size(log) > 0, "nothing was logged");
  }

  @Test
  void shouldWriteTheSerialPortToAFile() throws Exception {
    Path file = folder.resolve("serial");
    start(command("--serial", "file=" + file, "--console", "off"));
    awaitScreen("javisor: serial port: " + file);

    while (!Files.readString(file).equals("[ready]")) {
      Thread.sleep(20);
    }
    process.destroy();
    process.waitFor();

    assertEquals("[ready]", Files.readString(file));
  }

  @Test
  void shouldTellThePseudoterminalOfTheSerialPort() throws Exception {
    start(command("--serial", "pty", "--console", "off"));
    Pattern line = Pattern.compile("javisor: serial port: (/dev/pts/\\d+)\n");
    while (!line.matcher(screen).find()) {
      assertTrue(readMore(), screen::toString);
    }
    Matcher path = line.matcher(screen);
    assertTrue(path.find());

    try (RandomAccessFile pty = new RandomAccessFile(path.group(1), "rw")) {
      assertEquals("[ready]", read(pty, 7));
      pty.write('k');
      assertEquals("k", read(pty, 1));
    }
  }

  private static String read(RandomAccessFile file, int length) throws IOException {
    byte[] bytes = new byte[length];
    file.readFully(bytes);
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private List<String> command(String... options) {
    List<String> arguments = new ArrayList<>(List.of("run", "--kernel"));
    arguments.add(folder.resolve("echo").toString());
    arguments.addAll(List.of(options));
    return ChildJvm.command(List.of(), Main.class, arguments.toArray(String[]::new));
  }

  @Test
  void shouldTellWhatItChose_whenANetworkIsLeftToIt() throws Exception {
    start(command("--serial", "null", "--console", "off", "--net", "tap=,mac=,ip=,mask="));

    String chosen = between("net0:", ", guest 2e:");

    assertTrue(chosen.matches("TAP vmtap\\d+, host 192[.]168[.]\\d+[.]1/24"), chosen);
    process.destroy();
    process.waitFor();
  }

  @Test
  void shouldNotLoadNativeCode_whenAskedForHelp() throws Exception {
    start(ChildJvm.command(List.of("-Xlog:class+load"), Main.class, "run", "--help"));

    readAll();

    assertEquals(0, process.waitFor());
    assertTrue(screen.toString().contains("--event-monitor"), screen::toString);
    assertFalse(screen.toString().contains("com.sun.jna"), "JNA was loaded");
  }

  @Test
  void shouldCompleteOptions_whenTheShellAsks() throws Exception {
    Path script = folder.resolve("completion");
    start(ChildJvm.command(List.of(), Main.class, "completion"));
    readAll();
    Files.writeString(script, screen.toString());
    screen.setLength(0);
    String ask =
        "source %s; COMP_WORDS=(javisor run --ev); COMP_CWORD=2; _complete_javisor 2>/dev/null; echo ${COMPREPLY[@]}";

    start(List.of("bash", "-c", ask.formatted(script)));
    readAll();

    assertEquals("--event-monitor", screen.toString().strip());
  }

  private static boolean isJava(ProcessHandle handle) {
    return handle.info().command().orElse("").endsWith("/java");
  }

  /** Runs the program in a shell on a terminal of its own, by script(1). */
  private void startOnTerminal() throws IOException {
    String run =
        ChildJvm.command(
                List.of(),
                Main.class,
                "run",
                "--serial",
                "tty",
                "--kernel",
                folder.resolve("echo").toString())
            .stream()
            .map(word -> "'" + word + "'")
            .collect(Collectors.joining(" "));
    Path shell =
        Files.writeString(
            folder.resolve("session.sh"),
            "echo BEFORE; stty -a; echo END1; %s; echo status=$?; echo AFTER; stty -a; echo END2\n"
                .formatted(run));
    start(List.of("script", "-qec", "bash " + shell, "/dev/null"));
  }

  private static String shell(String command) throws IOException {
    Process shell = new ProcessBuilder("sh", "-c", command).start();
    return new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private void start(List<String> command) throws IOException {
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private void type(String text) throws IOException {
    process.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
  }

  private void readAll() throws IOException {
    screen.append(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
  }

  private void awaitScreen(String text) throws IOException {
    while (screen.indexOf(text) < 0) {
      assertTrue(readMore(), () -> "ended without '" + text + "': " + screen);
    }
  }

  private boolean readMore() throws IOException {
    int b = process.getInputStream().read();
    screen.append(b < 0 ? "" : String.valueOf((char) b));
    return b >= 0;
  }

  private String between(String from, String to) throws IOException {
    awaitScreen(to);
    Matcher matcher =
        Pattern.compile(from + "\\s(.*?)" + to, Pattern.DOTALL).matcher(screen.toString());
    assertTrue(matcher.find(), screen::toString);
    return matcher.group(1);
  }
}
