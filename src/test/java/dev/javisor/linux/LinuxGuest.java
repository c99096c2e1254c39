package dev.javisor.linux;

import dev.javisor.VirtualMachine;
import dev.javisor.event.VmEvent;
import dev.javisor.event.VmExit;
import dev.javisor.guest.GuestKernel;
import dev.javisor.guest.GuestPackages;
import dev.javisor.guest.Initramfs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Debian's kernel with a busybox shell on its serial port, and a host that types commands into it.
 * A command's output comes between two marks, so that kernel messages do no harm.
 */
final class LinuxGuest implements AutoCloseable {
  /** Far more than anything here takes, on an emulated CPU too. */
  static final Duration LIMIT = Duration.ofMinutes(3);

  private static final String READY = "@@ready";
  private static final String BEGIN = "@@begin ";
  private static final String END = "@@end ";
  private static final String INIT =
      """
      stty -echo -onlcr
      dmesg -n 1
      echo @@ready
      while read -r line; do
        number=${line%% *}
        echo "@@begin $number"
        eval "${line#* }"
        echo "@@end $number $?"
      done
      """;

  private final VirtualMachine vm;
  private final Path initramfs;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<VmEvent> events = new CopyOnWriteArrayList<>();
  private int commands;

  private LinuxGuest(
      String cmdline, Consumer<VirtualMachine.Builder> configure, String... modules) {
    this(cmdline, configure, UnaryOperator.identity(), modules);
  }

  private LinuxGuest(
      String cmdline,
      Consumer<VirtualMachine.Builder> configure,
      UnaryOperator<Path> copier,
      String... modules) {
    initramfs = initramfs(INIT, modules);
    VirtualMachine.Builder builder =
        VirtualMachine.builder()
            .kernel(kernel().image())
            .initramfs(copier.apply(initramfs))
            .cmdline("console=ttyS0 panic=-1 " + cmdline)
            .listener(events::add)
            .console(lines::add);
    configure.accept(builder);
    vm = builder.build();
  }

  /** Boots and waits for the shell. */
  static LinuxGuest boot(Consumer<VirtualMachine.Builder> configure, String... modules)
      throws InterruptedException {
    LinuxGuest guest = start(configure, modules);
    try {
      guest.awaitShell();
      return guest;
    } catch (InterruptedException | AssertionError e) {
      guest.close();
      throw e;
    }
  }

  /** Boots, and does not wait. */
  static LinuxGuest start(Consumer<VirtualMachine.Builder> configure, String... modules) {
    LinuxGuest guest = new LinuxGuest("quiet", configure, modules);
    try {
      guest.vm.boot();
      return guest;
    } catch (RuntimeException e) {
      guest.close();
      throw e;
    }
  }

  /**
   * Does not boot yet.
   *
   * @param copier makes another file of the initramfs
   */
  static LinuxGuest prepare(
      Consumer<VirtualMachine.Builder> configure, UnaryOperator<Path> copier, String... modules) {
    return new LinuxGuest("quiet", configure, copier, modules);
  }

  static GuestKernel kernel() {
    return GuestPackages.debian().kernel();
  }

  VirtualMachine vm() {
    return vm;
  }

  List<VmEvent> events() {
    return events;
  }

  void awaitShell() throws InterruptedException {
    awaitLine(READY);
  }

  /** Runs a command in the guest's shell; returns the lines that it printed. */
  List<String> run(String command) throws InterruptedException {
    type(command);
    return output(command);
  }

  /** Waits for the command that was {@linkplain #type typed} last, and returns its lines. */
  List<String> output(String command) throws InterruptedException {
    String number = Integer.toString(commands);
    awaitLine(BEGIN + number);
    List<String> output = new ArrayList<>();
    while (true) {
      String line = next();
      if (line.startsWith(END + number + " ")) {
        if (!line.endsWith(" 0")) {
          throw new AssertionError("in the guest: %s: %s %s".formatted(command, line, output));
        }
        return output;
      }
      output.add(line);
    }
  }

  /** Runs a command that prints one line. */
  String line(String command) throws InterruptedException {
    List<String> output = run(command);
    if (output.size() != 1) {
      throw new AssertionError("expected one line from %s: %s".formatted(command, output));
    }
    return output.get(0);
  }

  /** The kernel's messages with words of complaint in them, but for those known to mean nothing. */
  List<String> complaints() throws InterruptedException {
    return run("dmesg | grep -iE 'fail|error|bug|unable|broken|cannot|invalid ' || true").stream()
        .filter(line -> !KnownMessages.isHarmless(line))
        .toList();
  }

  /** Runs a command that ends the guest. */
  VmExit end(String command) throws InterruptedException {
    type(command);
    return vm.awaitExit(LIMIT);
  }

  /** Types a command and does not wait for it. */
  void type(String command) throws InterruptedException {
    vm.console().write(++commands + " " + command + "\n");
  }

  @Override
  public void close() {
    vm.close();
    try {
      Files.deleteIfExists(initramfs);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitLine(String wanted) throws InterruptedException {
    while (!next().endsWith(wanted)) {
      // Kernel messages, and what was printed before.
    }
  }

  private String next() throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < deadline) {
      String line = lines.poll(100, TimeUnit.MILLISECONDS);
      if (line != null) {
        return line;
      }
      if (vm.exit().isDone() && lines.isEmpty()) {
        throw new AssertionError("the guest ended: " + vm.exit().join() + "\n" + tail());
      }
    }
    throw new AssertionError("no answer within " + LIMIT + "; " + vm.vcpus() + "\n" + tail());
  }

  private String tail() {
    return vm.console().tail(30);
  }

  /** Writes an initramfs with busybox and these modules that runs a script. */
  static Path initramfs(String script, String... modules) {
    try {
      Path file = Files.createTempFile("javisor-test-", ".cpio");
      GuestPackages packages = GuestPackages.debian();
      return Initramfs.builder()
          .busybox(packages.busybox())
          .modules(packages.kernel(), modules)
          .init(script)
          .build()
          .writeTo(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
