package dev.javisor.linux;

import dev.javisor.VirtualMachine;
import dev.javisor.event.VmExit;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The whole Debian of {@link LinuxDisks}, and a host that logs in on its console and types commands
 * into its shell. A command's output comes between two marks.
 */
final class DebianGuest implements AutoCloseable {
  /** Far more than systemd takes, on an emulated CPU too. */
  private static final Duration LIMIT = Duration.ofSeconds(230);

  private static final int TAIL = 2000;

  private final VirtualMachine vm;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private int seen;
  private int commands;

  private DebianGuest(String cmdline, Consumer<VirtualMachine.Builder> configure) {
    VirtualMachine.Builder builder =
        VirtualMachine.builder()
            .kernel(LinuxDisks.kernel())
            .initramfs(LinuxDisks.initrd())
            .cmdline(cmdline)
            .consoleOutput(output);
    configure.accept(builder);
    vm = builder.build();
  }

  /** Boots, waits for the login prompt, and logs in as root. */
  static DebianGuest boot(String cmdline, Consumer<VirtualMachine.Builder> configure)
      throws InterruptedException {
    DebianGuest guest = new DebianGuest(cmdline, configure);
    try {
      guest.vm.boot();
      guest.logIn();
      return guest;
    } catch (InterruptedException | RuntimeException | AssertionError e) {
      guest.close();
      throw e;
    }
  }

  VirtualMachine vm() {
    return vm;
  }

  /** Runs a command in the guest's shell; returns the lines that it printed. */
  List<String> run(String command) throws InterruptedException {
    start(command);
    return finish();
  }

  /** Types a command and does not wait for it; {@link #finish} does. */
  void start(String command) throws InterruptedException {
    commands++;
    vm.console()
        .write(
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

  /** Runs a command that ends the guest. */
  VmExit end(String command) throws InterruptedException {
    vm.console().write(command + "\n");
    return vm.awaitExit(LIMIT);
  }

  @Override
  public void close() {
    vm.close();
  }

  private void logIn() throws InterruptedException {
    await("login: ");
    vm.console().write("root\n");
    await("Password: ");
    vm.console().write("javisor\n");
    await("# ");
    // A shell that does not edit lines leaves the terminal's echo off.
    vm.console().write("exec sh\n");
    await("# ");
    vm.console().write("PS1=; stty -echo -onlcr; dmesg -n 1; echo '@@'ready\n");
    await("@@ready\n");
  }

  /** Waits for a text; returns what came before it since the text that was awaited last. */
  private String await(String wanted) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      boolean ended = vm.exit().isDone();
      String text = output.toString(StandardCharsets.UTF_8);
      int at = text.indexOf(wanted, seen);
      if (at >= 0) {
        String before = text.substring(seen, at);
        seen = at + wanted.length();
        return before;
      }
      if (ended) {
        throw new AssertionError("the guest ended: " + vm.exit().join() + "\n" + tail(text));
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "no '%s' within %s; %s%n%s".formatted(wanted.strip(), LIMIT, vm.vcpus(), tail(text)));
      }
      Thread.sleep(50);
    }
  }

  private static String tail(String text) {
    return text.substring(Math.max(0, text.length() - TAIL));
  }
}
