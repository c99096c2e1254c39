package dev.javisor.internal.machine;

import dev.javisor.error.HypervisorUnavailableException;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.NativeException;
import dev.javisor.testing.microguest.HostResources;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** Boots a machine with no descriptor to spare, then with one, with two, until it succeeds. */
final class ScarceDescriptors {
  private static final Path NULL = Path.of("/dev/null");

  private ScarceDescriptors() {}

  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    MicroGuest guest = MicroGuest.code(a -> {}).cpus(2);
    loadAllClasses();
    boot(guest);
    HostResources before = HostResources.now();
    Deque<Fd> ballast = new ArrayDeque<>();
    try {
      while (true) {
        ballast.push(Fd.open(NULL, Fd.O_RDONLY));
      }
    } catch (NativeException e) {
      out.println(ballast.size() + " descriptors were left");
    }
    String outcome = "";
    while (!outcome.equals("booted")) {
      MicroMachine vm = openWithRoomForTheFile(guest, ballast);
      outcome = outcome(vm);
      out.println(ballast.size() + " taken: " + outcome);
      close(vm, ballast);
      ballast.pop().close();
    }
    ballast.forEach(Fd::close);
    HostResources.awaitReturnTo(before);
    out.println("nothing left behind");
  }

  private static MicroMachine openWithRoomForTheFile(MicroGuest guest, Deque<Fd> ballast) {
    Fd room = ballast.pop();
    room.close();
    MicroMachine vm = MicroMachine.create(guest, spec -> spec);
    ballast.push(Fd.open(NULL, Fd.O_RDONLY));
    return vm;
  }

  private static String outcome(MicroMachine vm) {
    try {
      vm.machine().boot();
      vm.awaitExit();
      return "booted";
    } catch (MachineBootException e) {
      return e.stage() + " " + e.errno().orElse("without errno") + " " + e.getMessage();
    } catch (HypervisorUnavailableException e) {
      return "HYPERVISOR " + e.getMessage();
    }
  }

  private static void close(MicroMachine vm, Deque<Fd> ballast) {
    Fd room = ballast.pop();
    room.close();
    vm.close();
    ballast.push(Fd.open(NULL, Fd.O_RDONLY));
  }

  /** So that none has to be loaded later, which takes descriptors too. */
  private static void loadAllClasses() throws Exception {
    for (Class<?> one : List.of(Machine.class, MachineLeakTest.class)) {
      Path root = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
      List<Path> packages =
          List.of(
              root.resolve("dev/javisor/internal"),
              root.resolve("dev/javisor/error"),
              root.resolve("dev/javisor/event"),
              root.resolve("dev/javisor/testing/microguest"));
      for (Path folder : packages.stream().filter(Files::exists).toList()) {
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
            String name = root.relativize(file).toString().replace('/', '.');
            Class.forName(
                name.substring(0, name.length() - ".class".length()), false, one.getClassLoader());
          }
        }
      }
    }
    // In vain, and so in every jar.
    if (ScarceDescriptors.class.getResource("nowhere") != null) {
      throw new AssertionError("nowhere is somewhere");
    }
  }

  private static void boot(MicroGuest guest) {
    try (MicroMachine vm = guest.boot()) {
      vm.awaitExit();
    }
  }
}
