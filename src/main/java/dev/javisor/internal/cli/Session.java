package dev.javisor.internal.cli;

import dev.javisor.VirtualMachine;
import dev.javisor.error.VmStateException;
import dev.javisor.event.VmExit;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.CompletionException;

/** Boots a machine in the foreground: standard input is its keyboard, Ctrl-C ends it. */
final class Session {
  private static final int INPUT_BYTES = 256;

  private final boolean takesInput;

  Session(boolean takesInput) {
    this.takesInput = takesInput;
  }

  int run(VirtualMachine vm) {
    Thread hook = new Thread(vm::close, "javisor-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    try (vm) {
      vm.boot();
      if (takesInput) {
        Thread input = new Thread(() -> forward(System.in, vm), "javisor-input");
        input.setDaemon(true);
        input.start();
      }
      return ExitStatus.of(await(vm));
    } finally {
      removeHook(hook);
    }
  }

  private static VmExit await(VirtualMachine vm) {
    try {
      return vm.exit().join();
    } catch (CompletionException e) {
      return new VmExit.Failed(e);
    }
  }

  private static void forward(InputStream input, VirtualMachine vm) {
    byte[] buffer = new byte[INPUT_BYTES];
    try {
      for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
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
