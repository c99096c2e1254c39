package dev.javisor.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files of Debian packages and of what they depend on, unpacked into a folder: no root is
 * needed, nothing gets installed, no script of a package runs. Needs the apt of a Debian or Ubuntu;
 * what was unpacked once is kept in Javisor's cache, and then needs no network.
 */
final class DebianTree {
  private DebianTree() {}

  /**
   * Unpacks what is not there yet.
   *
   * @param name a package
   * @param without packages that it depends on to be installed, and not to run
   * @return the folder, to be copied to a guest's {@code /}
   */
  static Path of(String name, String... without) throws IOException, InterruptedException {
    Path trees = Files.createDirectories(cache().resolve("trees"));
    Path tree = trees.resolve(name);
    if (Files.exists(tree)) {
      return tree;
    }
    Path work = Files.createTempDirectory(trees, ".new-");
    try {
      List<String> download = new ArrayList<>(List.of("apt-get", "-q", "download"));
      download.addAll(closure(name, Set.of(without)));
      run(work, download);
      Path unpacked = work.resolve("tree");
      for (Path deb : list(work)) {
        run(work, List.of("dpkg-deb", "--extract", deb.toString(), unpacked.toString()));
      }
      return Files.move(unpacked, tree, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (Files.exists(tree)) {
        return tree; // somebody else was faster
      }
      throw e;
    } finally {
      delete(work);
    }
  }

  /** A package and what it needs, each behind the one that asked for it. */
  private static Set<String> closure(String name, Set<String> without)
      throws IOException, InterruptedException {
    Set<String> found = new LinkedHashSet<>();
    Deque<String> todo = new ArrayDeque<>(List.of(name));
    while (!todo.isEmpty()) {
      String next = todo.remove();
      if (without.contains(next) || !found.add(next)) {
        continue;
      }
      boolean alternative = false;
      for (String line : run(cache(), List.of("apt-cache", "depends", "--important", next))) {
        if (line.matches("[ |]+(Pre)?Depends: .*")) {
          String wanted = line.substring(line.indexOf(": ") + 2);
          if (!alternative && !wanted.startsWith("<")) {
            todo.add(wanted);
          }
          alternative = line.contains("|"); // this one, or the next
        }
      }
    }
    return found;
  }

  private static Path cache() throws IOException {
    String named = System.getenv("JAVISOR_CACHE");
    return Files.createDirectories(
        named != null
            ? Path.of(named).toAbsolutePath()
            : Path.of(System.getProperty("user.home"), ".cache", "javisor"));
  }

  private static List<String> run(Path folder, List<String> command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    List<String> lines;
    try (Stream<String> output = process.inputReader().lines()) {
      lines = output.toList();
    }
    if (process.waitFor() != 0) {
      throw new IOException(
          "%s failed; are apt's lists old? (sudo apt-get update)%n%s"
              .formatted(String.join(" ", command), String.join("\n", lines)));
    }
    return lines;
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".deb")).toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(DebianTree::deleteOne);
    }
  }

  private static void deleteOne(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Unpacks beforehand what tests on a machine without a network will ask for. */
  public static void main(String[] args) throws Exception {
    System.out.println(WebServerTest.nginx());
    System.out.println(EtcdNode.files());
  }
}
