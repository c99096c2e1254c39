package dev.javisor.linux;

import dev.javisor.VirtualMachine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A Linux with one vCPU and one network card, on Javisor or on QEMU, and a shell in it. */
abstract class ContestGuest implements DebianShell.Terminal, AutoCloseable {
  private static final String CMDLINE = "console=ttyS0 panic=-1 quiet";
  private static final String MEMORY = "256M";

  final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final DebianShell shell = new DebianShell(this);
  private final String monitor;
  private final String host;

  private ContestGuest(String monitor, String host) {
    this.monitor = monitor;
    this.host = host;
  }

  /** Boots one on Javisor. */
  static ContestGuest javisor(Path initramfs) {
    return new OfJavisor(initramfs);
  }

  /**
   * Boots one on QEMU.
   *
   * @param vhost whether the kernel carries the frames, instead of QEMU
   */
  static ContestGuest qemu(Path initramfs, boolean vhost) throws IOException, InterruptedException {
    return new OfQemu(initramfs, vhost);
  }

  DebianShell shell() {
    return shell;
  }

  /** What runs it. */
  String monitor() {
    return monitor;
  }

  /** The host's address on its network, of which the guest may have the next one. */
  String host() {
    return host;
  }

  @Override
  public String printed() {
    return output.toString(StandardCharsets.UTF_8);
  }

  @Override
  public abstract void close();

  private static final class OfJavisor extends ContestGuest {
    private final VirtualMachine vm;

    OfJavisor(Path initramfs) {
      super("Javisor", "10.219.1.1");
      vm =
          VirtualMachine.builder()
              .kernel(LinuxGuest.kernel().image())
              .initramfs(initramfs)
              .cmdline(CMDLINE)
              .memory(MEMORY)
              .consoleOutput(output)
              .net(net -> net.ip(host()).mask("255.255.255.0"))
              .build();
      vm.boot();
    }

    @Override
    public void type(String text) throws InterruptedException {
      vm.console().write(text);
    }

    @Override
    public Optional<String> ended() {
      return vm.exit().isDone() ? Optional.of(vm.exit().join().toString()) : Optional.empty();
    }

    @Override
    public String state() {
      return vm.vcpus().toString();
    }

    @Override
    public void close() {
      vm.close();
    }
  }

  private static final class OfQemu extends ContestGuest {
    private final String tap;
    private final Process process;

    OfQemu(Path initramfs, boolean vhost) throws IOException, InterruptedException {
      super(vhost ? "QEMU, vhost" : "QEMU", vhost ? "10.219.3.1" : "10.219.2.1");
      tap = vhost ? "jcvhost" : "jcqemu";
      run("ip", "tuntap", "add", "dev", tap, "mode", "tap", "vnet_hdr");
      run("ip", "address", "add", host() + "/24", "dev", tap);
      run("ip", "link", "set", "dev", tap, "up");
      process = new ProcessBuilder(command(initramfs, vhost)).redirectErrorStream(true).start();
      Thread pump = new Thread(() -> pump(process.getInputStream()), "qemu-console");
      pump.setDaemon(true);
      pump.start();
    }

    private List<String> command(Path initramfs, boolean vhost) {
      List<String> command =
          new ArrayList<>(
              List.of("qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-reboot"));
      command.addAll(List.of("-display", "none", "-machine", "q35,accel=kvm", "-cpu", "host"));
      command.addAll(List.of("-m", MEMORY, "-append", CMDLINE));
      command.addAll(List.of("-kernel", LinuxGuest.kernel().image().toString()));
      command.addAll(List.of("-initrd", initramfs.toString()));
      command.addAll(List.of("-chardev", "stdio,id=console,signal=off"));
      command.addAll(List.of("-serial", "chardev:console"));
      command.add("-netdev");
      command.add(
          "tap,id=net,ifname=%s,script=no,downscript=no,vhost=%s"
              .formatted(tap, vhost ? "on" : "off"));
      command.addAll(List.of("-device", "virtio-net-pci,netdev=net"));
      return command;
    }

    private void pump(InputStream from) {
      try (from) {
        from.transferTo(output);
      } catch (IOException e) {
        // QEMU was killed.
        return;
      }
    }

    private static void run(String... command) throws IOException, InterruptedException {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + said);
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
    public Optional<String> ended() {
      return process.isAlive() ? Optional.empty() : Optional.of(process.toString());
    }

    @Override
    public String state() {
      return process.toString();
    }

    @Override
    public void close() {
      process.destroyForcibly();
      try {
        process.waitFor(10, TimeUnit.SECONDS);
        run("ip", "tuntap", "del", "dev", tap, "mode", "tap");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
