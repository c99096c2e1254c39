package dev.javisor.linux;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A root shell of the Debian of {@link LinuxDisks}, on whatever its console is connected to. A
 * command's output comes between two marks.
 */
final class DebianShell {
  /** Far more than systemd takes, on an emulated CPU too. */
  static final Duration LIMIT = Duration.ofMinutes(6);

  private static final int TAIL = 2000;

  private final Terminal terminal;
  private int seen;
  private int commands;

  /** The far end of the guest's console. */
  interface Terminal {
    void type(String text) throws InterruptedException;

    /** All that the guest has printed. */
    String printed();

    /** How the guest ended, once it has and all is printed. */
    Optional<String> ended();

    /** What else there is to tell of a guest that does not answer. */
    String state();
  }

  DebianShell(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Waits for the login prompt, and logs in as root. */
  void logIn() throws InterruptedException {
    await("login: ");
    terminal.type("root\n");
    await("Password: ");
    terminal.type("javisor\n");
    await("# ");
    // A shell that does not edit lines leaves the terminal's echo off.
    terminal.type("exec sh\n");
    begin();
  }

  /** Waits for the prompt of a shell. */
  void begin() throws InterruptedException {
    await("# ");
    terminal.type("PS1=; stty -echo -onlcr; dmesg -n 1; echo '@@'ready\n");
    await("@@ready\n");
  }

  /** Runs a command; returns the lines that it printed. */
  List<String> run(String command) throws InterruptedException {
    start(command);
    return finish();
  }

  /** Types a command and does not wait for it; {@link #finish} does. */
  void start(String command) throws InterruptedException {
    commands++;
    terminal.type(
        "echo '@@begin' %d\n%s\necho '@@end' %d $?\n".formatted(commands, command, commands));
  }

  /** Waits for the command that was started last; returns the lines that it printed. */
  List<String> finish() throws InterruptedException {
    await("@@begin " + commands + "\n");
    String printed = await("@@end " + commands + " ");
    String status = await("\n").strip();
    List<String> lines = printed.lines().toList();
    if (!status.equals("0")) {
      throw new AssertionError("command %d: status %s: %s".formatted(commands, status, lines));
    }
    return lines;
  }

  /** Runs a command that prints one line. */
  String line(String command) throws InterruptedException {
    List<String> lines = run(command);
    if (lines.size() != 1) {
      throw new AssertionError("expected one line from %s: %s".formatted(command, lines));
    }
    return lines.get(0);
  }

  /** The kernel's messages of level warning or worse, systemd's among them. */
  List<String> warnings() throws InterruptedException {
    return run("dmesg --notime --color=never --level=emerg,alert,crit,err,warn");
  }

  /** Waits for a text; returns what came before it since the text that was awaited last. */
  private String await(String wanted) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      Optional<String> end = terminal.ended();
      String text = terminal.printed();
      int at = text.indexOf(wanted, seen);
      if (at >= 0) {
        String before = text.substring(seen, at);
        seen = at + wanted.length();
        return before;
      }
      if (end.isPresent()) {
        throw new AssertionError("the guest ended: " + end.get() + "\n" + tail(text));
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "no '%s' within %s; %s%n%s"
                .formatted(wanted.strip(), LIMIT, terminal.state(), tail(text)));
      }
      Thread.sleep(50);
    }
  }

  private static String tail(String text) {
    return text.substring(Math.max(0, text.length() - TAIL));
  }
}
