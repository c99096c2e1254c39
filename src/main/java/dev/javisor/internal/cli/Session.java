package dev.javisor.internal.cli;

import dev.javisor.VirtualMachine;
import dev.javisor.error.VmStateException;
import dev.javisor.event.VmExit;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Boots a machine in the foreground. Standard input is its keyboard; a terminal there is raw while
 * the guest runs, and as it was afterwards, whichever way the program ends.
 */
final class Session {
  private static final int INPUT_BYTES = 256;
  private static final long WINDOW_MILLIS = 250;

  private final boolean takesInput;
  private final Runnable beforeBoot;
  private final Consumer<VirtualMachine> afterBoot;

  /**
   * @param takesInput whether standard input is the guest's
   * @param beforeBoot runs right before the boot
   * @param afterBoot runs right after it
   */
  Session(boolean takesInput, Runnable beforeBoot, Consumer<VirtualMachine> afterBoot) {
    this.takesInput = takesInput;
    this.beforeBoot = beforeBoot;
    this.afterBoot = afterBoot;
  }

  /** Boots the machine, and waits for its end. */
  VmExit run(VirtualMachine vm) {
    Thread hook = new Thread(vm::close, "javisor-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    try (vm) {
      beforeBoot.run();
      return takesInput ? withKeyboard(vm) : withoutKeyboard(vm);
    } finally {
      removeHook(hook);
    }
  }

  private VmExit withoutKeyboard(VirtualMachine vm) {
    vm.boot();
    afterBoot.accept(vm);
    return await(vm);
  }

  private VmExit withKeyboard(VirtualMachine vm) {
    // Before the boot: the guest may ask for input with its first words.
    RawTerminal terminal = RawTerminal.open().orElse(null);
    if (terminal == null) {
      return withInput(vm, started -> {});
    }
    Thread restore = new Thread(terminal::close, "javisor-terminal");
    Runtime.getRuntime().addShutdownHook(restore);
    try (terminal) {
      return withInput(vm, started -> startWatching(terminal, started));
    } finally {
      removeHook(restore);
    }
  }

  private VmExit withInput(VirtualMachine vm, Consumer<VirtualMachine> watcher) {
    vm.boot();
    afterBoot.accept(vm);
    startForwarding(vm);
    watcher.accept(vm);
    return await(vm);
  }

  private static void startForwarding(VirtualMachine vm) {
    Thread input =
        new Thread(() -> forward(System.in, vm, new EscapeKey(System::nanoTime)), "javisor-input");
    input.setDaemon(true);
    input.start();
  }

  /**
   * There is no signal for Java when a window changes or a stopped program goes on, so the terminal
   * is looked at now and then.
   */
  private static void startWatching(RawTerminal terminal, VirtualMachine vm) {
    Thread window = new Thread(() -> watch(terminal, vm), "javisor-window");
    window.setDaemon(true);
    window.start();
  }

  private static void watch(RawTerminal terminal, VirtualMachine vm) {
    RawTerminal.Size known = new RawTerminal.Size(0, 0);
    try {
      while (!vm.exit().isDone()) {
        terminal.keep();
        RawTerminal.Size size = terminal.size();
        if (!size.equals(known)) {
          vm.console().resize(size.columns(), size.rows());
          known = size;
        }
        Thread.sleep(WINDOW_MILLIS);
      }
    } catch (InterruptedException | VmStateException e) {
      // The end.
      return;
    }
  }

  private static VmExit await(VirtualMachine vm) {
    try {
      return vm.exit().join();
    } catch (CompletionException e) {
      return new VmExit.Failed(e);
    }
  }

  private static void forward(InputStream input, VirtualMachine vm, EscapeKey escape) {
    byte[] buffer = new byte[INPUT_BYTES];
    try {
      for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
        if (escape.typed(buffer, count)) {
          vm.kill();
          return;
        }
        vm.console().write(Arrays.copyOf(buffer, count));
      }
    } catch (IOException | VmStateException e) {
      // The input or the machine has come to its end; the other goes on or ends by itself.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is shutting down: the hook is what got us here.
      return;
    }
  }
}
