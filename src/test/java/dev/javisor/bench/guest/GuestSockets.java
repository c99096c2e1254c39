package dev.javisor.bench.guest;

import dev.javisor.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The program that is the guest's end of connections: see bench_sockets.c. */
final class GuestSockets {
  private static final String PROGRAM = "/bin/bench_sockets";

  private final VirtualMachine vm;

  private GuestSockets(VirtualMachine vm) {
    this.vm = vm;
  }

  /**
   * Compiles it and puts it into a guest.
   *
   * @param root the top of Javisor's tree
   */
  static GuestSockets install(VirtualMachine vm, Path root, Path folder)
      throws IOException, InterruptedException {
    Path binary = folder.resolve("bench_sockets");
    Path source = root.resolve("src/test/c/bench_sockets.c");
    Process gcc =
        new ProcessBuilder("gcc", "-O2", "-static", "-o", binary.toString(), source.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(gcc.getInputStream().readAllBytes());
    if (gcc.waitFor() != 0 || !Files.isExecutable(binary)) {
      throw new IOException("gcc cannot compile " + source + ":\n" + said);
    }
    vm.agent().copyIn(binary, PROGRAM);
    return new GuestSockets(vm);
  }

  /** Runs it until it ends. */
  void run(String... arguments) throws InterruptedException {
    List<String> argv = new ArrayList<>(List.of(PROGRAM));
    argv.addAll(List.of(arguments));
    vm.agent()
        .command(argv.toArray(new String[0]))
        .timeout(LinuxGuest.PATIENCE)
        .run()
        .requireSuccess();
  }

  /** Starts it, for as long as the guest runs. */
  void serve(String... arguments) throws InterruptedException {
    String command = PROGRAM + " " + String.join(" ", arguments);
    vm.exec("sh", "-c", command + " </dev/null >/dev/null 2>&1 &").requireSuccess();
  }
}
