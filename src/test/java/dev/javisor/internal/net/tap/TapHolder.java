package dev.javisor.internal.net.tap;

import dev.javisor.internal.net.NetException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A process of its own that opens a TAP interface, says so, and holds it until it is killed. */
final class TapHolder {
  private TapHolder() {}

  /**
   * Starts it.
   *
   * @param wrapper a command that changes what the process may, and runs the rest
   */
  static Process start(List<String> wrapper, String name) throws IOException {
    return start(wrapper, System.getProperty("java.class.path"), Path.of("/tmp"), name);
  }

  /**
   * Starts it, with another class path and another folder for native libraries.
   *
   * @param wrapper a command that changes what the process may, and runs the rest
   */
  static Process start(List<String> wrapper, String classPath, Path folder, String name)
      throws IOException {
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Djna.tmpdir=" + folder,
            "-cp",
            classPath,
            TapHolder.class.getName(),
            name));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** Copies what it needs into a folder that everybody can use; returns the class path. */
  static String copyClassPath(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    List<String> copies = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path from = Path.of(entry);
      Path to = folder.resolve(copies.size() + "-" + from.getFileName());
      if (Files.isDirectory(from) || entry.matches(".*/(jna|guava|failureaccess|slf4j)[^/]*")) {
        copy(from, to);
        copies.add(to.toString());
      }
    }
    return String.join(File.pathSeparator, copies);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path one : (Iterable<Path>) all::iterator) {
        Path copy = to.resolve(from.relativize(one).toString());
        Files.copy(one, copy);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
  }

  public static void main(String[] args) throws InterruptedException {
    try (TapPort port = Taps.open(TapPortTest.spec(args[0]))) {
      System.out.println("open " + port.host().tap());
      Thread.sleep(120_000);
    } catch (NetException e) {
      System.out.println("refused " + e.key() + ": " + e.hint());
    }
  }
}
