package dev.javisor.linux;

import dev.javisor.VirtualMachine;
import dev.javisor.config.ConsoleMode;
import dev.javisor.event.VmExit;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/** The whole Debian of {@link LinuxDisks} as a guest, with its virtio console for the API. */
final class DebianGuest implements DebianShell.Terminal, AutoCloseable {
  private final VirtualMachine vm;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final DebianShell shell = new DebianShell(this);

  private DebianGuest(String cmdline, Consumer<VirtualMachine.Builder> configure) {
    VirtualMachine.Builder builder =
        VirtualMachine.builder()
            .kernel(LinuxDisks.kernel())
            .initramfs(LinuxDisks.initrd())
            .cmdline(cmdline)
            .virtioConsole(ConsoleMode.api())
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
      guest.shell.logIn();
      return guest;
    } catch (InterruptedException | RuntimeException | AssertionError e) {
      guest.close();
      throw e;
    }
  }

  VirtualMachine vm() {
    return vm;
  }

  DebianShell shell() {
    return shell;
  }

  /** Runs a command that ends the guest. */
  VmExit end(String command) throws InterruptedException {
    type(command + "\n");
    return vm.awaitExit(DebianShell.LIMIT);
  }

  @Override
  public void type(String text) throws InterruptedException {
    vm.console().write(text);
  }

  @Override
  public String printed() {
    return output.toString(StandardCharsets.UTF_8);
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
