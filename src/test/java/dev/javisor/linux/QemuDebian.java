package dev.javisor.linux;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The Debian of {@link LinuxDisks} as a guest of QEMU on the same KVM, with the same kinds of
 * devices. What it writes to its disk is thrown away.
 */
final class QemuDebian implements DebianShell.Terminal, AutoCloseable {
  private final Path errors;
  private final Process process;
  private final Thread pump;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final DebianShell shell = new DebianShell(this);

  private QemuDebian(String cmdline, int cpus, String memory) throws IOException {
    errors = Files.createTempFile("javisor-qemu-", ".log");
    process =
        new ProcessBuilder(command(cmdline, cpus, memory))
            .redirectError(Redirect.to(errors.toFile()))
            .start();
    pump = new Thread(this::pump, "qemu-console");
    pump.setDaemon(true);
    pump.start();
  }

  /** Boots, and waits for the shell that the command line names as the first process. */
  static QemuDebian boot(String cmdline, int cpus, String memory)
      throws IOException, InterruptedException {
    QemuDebian guest = new QemuDebian(cmdline, cpus, memory);
    try {
      guest.shell.begin();
      return guest;
    } catch (InterruptedException | RuntimeException | AssertionError e) {
      guest.close();
      throw e;
    }
  }

  private static List<String> command(String cmdline, int cpus, String memory) {
    return List.of(
        "qemu-system-x86_64",
        "-nodefaults",
        "-no-user-config",
        "-no-reboot",
        "-display",
        "none",
        "-machine",
        "q35,accel=kvm",
        "-cpu",
        "host",
        "-smp",
        Integer.toString(cpus),
        "-m",
        memory,
        "-kernel",
        LinuxDisks.kernel().toString(),
        "-initrd",
        LinuxDisks.initrd().toString(),
        "-append",
        cmdline,
        "-drive",
        "if=none,id=disk,format=raw,snapshot=on,file=" + LinuxDisks.debian(),
        "-device",
        "virtio-blk-pci,drive=disk",
        "-device",
        "virtio-rng-pci",
        "-chardev",
        "stdio,id=console,signal=off",
        "-device",
        "virtio-serial-pci",
        "-device",
        "virtconsole,chardev=console");
  }

  DebianShell shell() {
    return shell;
  }

  private void pump() {
    byte[] piece = new byte[4096];
    try {
      int count;
      while ((count = process.getInputStream().read(piece)) >= 0) {
        output.write(piece, 0, count);
      }
    } catch (IOException e) {
      // QEMU was killed.
    }
  }

  @Override
  public void type(String text) {
    try {
      process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String printed() {
    return output.toString(StandardCharsets.UTF_8);
  }

  @Override
  public Optional<String> ended() {
    if (process.isAlive() || pump.isAlive()) {
      return Optional.empty();
    }
    return Optional.of("QEMU's exit status %d: %s".formatted(process.exitValue(), state()));
  }

  @Override
  public String state() {
    try {
      return "QEMU said: " + Files.readString(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
      Files.deleteIfExists(errors);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
