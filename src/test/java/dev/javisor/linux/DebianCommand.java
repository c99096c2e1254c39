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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The whole Debian of {@link LinuxDisks} as a guest of {@code javisor run}, a process of its own,
 * with the options that Cloud Hypervisor's introduction has.
 */
final class DebianCommand implements DebianShell.Terminal, AutoCloseable {
  private static final String CMDLINE = "console=hvc0 root=/dev/vda1 rw";

  private final Process process;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
  private final OutputStream keyboard;

  private DebianCommand(Path disk, List<String> payload) throws IOException {
    List<String> options = new ArrayList<>(List.of("run"));
    options.addAll(payload);
    options.addAll(List.of("--disk", "path=" + disk, "--cmdline", CMDLINE));
    options.addAll(List.of("--cpus", "boot=4", "--memory", "size=1024M"));
    options.addAll(List.of("--net", "tap=,mac=,ip=,mask=", "--rng"));
    List<String> jvm = List.of("-Dslf4j.internal.verbosity=ERROR");
    process =
        new ProcessBuilder(ChildJvm.command(jvm, Main.class, options.toArray(new String[0])))
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
   * Starts it.
   *
   * @param disk with the Debian, to be written to
   * @param payload the options that name the kernel, and an initramfs if there is one
   */
  static DebianCommand start(Path disk, String... payload) throws IOException {
    return new DebianCommand(disk, List.of(payload));
  }

  /** Waits for the login prompt, logs in, and looks whether all is there that was asked for. */
  DebianShell logIn() throws InterruptedException {
    DebianShell shell = new DebianShell(this);
    shell.logIn();
    // SIGRTMIN+21 makes systemd show no status: it would be in the answers.
    shell.run("kill -55 1; systemctl is-system-running --wait || true");
    assertEquals(CMDLINE, shell.line("cat /proc/cmdline"));
    assertEquals("4", shell.line("nproc"));
    assertEquals("/dev/vda1", shell.line("findmnt -n -o SOURCE /"));
    assertEquals("virtio_rng.0", shell.line("cat /sys/class/misc/hw_random/rng_current"));
    assertEquals("", String.join("\n", shell.run("systemctl --failed --no-legend --plain")));
    return shell;
  }

  /** Has the guest switch off; the program must end as that says. */
  void powerOff() throws InterruptedException {
    type("systemctl poweroff\n");
    assertTrue(process.waitFor(DebianShell.LIMIT.toSeconds(), TimeUnit.SECONDS), this::printed);
    assertEquals(0, process.exitValue(), this::state);
  }

  /** Reaches the host by the addresses that were chosen, which stand on standard error. */
  void reachTheHost(DebianShell shell) throws Exception {
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
