package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.cli.Main;
import dev.javisor.testing.microguest.ChildJvm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command line boots a whole Debian from its disk, without an initramfs, by the kernel that
 * {@code ./javisor kernel} builds. {@code scripts/test-kernel} starts it where Linux guests run.
 */
public final class KernelBoot implements DebianShell.Terminal, AutoCloseable {
  private final Process process;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
  private final OutputStream keyboard;

  private KernelBoot(String kernel, String disk) throws IOException {
    process =
        new ProcessBuilder(
                ChildJvm.command(
                    List.of("-Dslf4j.internal.verbosity=ERROR"),
                    Main.class,
                    "run",
                    "--kernel",
                    kernel,
                    "--disk",
                    "path=" + disk,
                    "--cmdline",
                    "console=hvc0 root=/dev/vda1 rw",
                    "--cpus",
                    "boot=4",
                    "--memory",
                    "size=1024M",
                    "--net",
                    "tap=,mac=,ip=,mask=",
                    "--rng"))
            .start();
    keyboard = process.getOutputStream();
    collect(process.getInputStream(), output);
    collect(process.getErrorStream(), errors);
  }

  private static void collect(InputStream from, OutputStream to) {
    Thread thread =
        new Thread(
            () -> {
              try (from) {
                from.transferTo(to);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Fails with an exception, or returns.
   *
   * @param args the kernel, and a disk with a Debian that may be written to
   */
  public static void main(String[] args) throws Exception {
    try (KernelBoot guest = new KernelBoot(args[0], args[1])) {
      guest.check();
    }
  }

  private void check() throws Exception {
    long start = System.nanoTime();
    DebianShell shell = new DebianShell(this);
    shell.logIn();
    say("logged in after %d s".formatted((System.nanoTime() - start) / 1_000_000_000));
    // What systemd still has to say would be in the answers.
    shell.run("kill -55 1; systemctl is-system-running --wait || true");
    assertEquals("console=hvc0 root=/dev/vda1 rw", shell.line("cat /proc/cmdline"));
    assertEquals("4", shell.line("nproc"));
    assertEquals("/dev/vda1", shell.line("findmnt -n -o SOURCE /"));
    assertEquals("virtio_rng.0", shell.line("cat /sys/class/misc/hw_random/rng_current"));
    assertTrue(shell.line("uname -r").endsWith("-javisor"), "the kernel that was built");
    assertEquals("", String.join("\n", shell.run("systemctl --failed --no-legend --plain")));
    say("disk, processors and random numbers are there");
    reachTheHost(shell);
    say("and the host, over the network that was chosen");
    type("systemctl poweroff\n");
    assertTrue(process.waitFor(DebianShell.LIMIT.toSeconds(), TimeUnit.SECONDS), this::printed);
    assertEquals(0, process.exitValue(), this::state);
    say("switched off");
  }

  /** By the addresses that were chosen, which stand on standard error. */
  private void reachTheHost(DebianShell shell) throws Exception {
    String told = errors.toString(StandardCharsets.UTF_8);
    Matcher chosen =
        Pattern.compile("net0: TAP (\\S+), host ((\\d+\\.\\d+\\.\\d+\\.)\\d+)/(\\d+), .*(2e:\\S+)")
            .matcher(told);
    assertTrue(chosen.find(), told);
    assertEquals(chosen.group(5), shell.line("cat /sys/class/net/e*/address"));
    shell.run(
        "mkdir -p /run/systemd/network; printf '[Match]\\nName=e*\\n[Network]\\nAddress=%s%d/%s\\n'"
                .formatted(chosen.group(3), 77, chosen.group(4))
            + " >/run/systemd/network/10-static.network; systemctl start systemd-networkd");
    try (HostPeer sender = HostPeer.sender(chosen.group(2), 1 << 20)) {
      String read = "exec 3<>/dev/tcp/%s/%d && wc -c <&3".formatted(chosen.group(2), sender.port());
      // The address comes a moment after the service.
      String size =
          shell.line(
              "for i in $(seq 60); do bash -c '%s' 2>/dev/null && break; sleep 1; done"
                  .formatted(read));
      assertEquals(Integer.toString(1 << 20), size.strip());
    }
  }

  private static void say(String what) {
    System.out.println("kernel: " + what);
  }

  @Override
  public void type(String text) {
    try {
      keyboard.write(text.getBytes(StandardCharsets.UTF_8));
      keyboard.flush();
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
    return process.isAlive() ? Optional.empty() : Optional.of(state());
  }

  @Override
  public String state() {
    return "%s, standard error: %s".formatted(process, errors.toString(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
