package dev.javisor.testing.suite;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The classes still to run, shared by JVMs on different machines through one folder: whoever makes
 * the folder {@code claimed/CLASS} runs that class, and makes {@code done/CLASS} when it is through
 * with it. A class that was claimed and is not done when its machine is gone did not run to its
 * end; removing its claim puts it back.
 */
final class ClassQueue {

  private final Path claimed;
  private final Path done;
  private final List<String> classes;

  /**
   * @param folder the shared folder
   * @param classes the names of all classes, in the order in which they are to be taken
   */
  ClassQueue(Path folder, List<String> classes) throws IOException {
    this.claimed = Files.createDirectories(folder.resolve("claimed"));
    this.done = Files.createDirectories(folder.resolve("done"));
    this.classes = List.copyOf(classes);
  }

  /** Claims the next class for {@code where}; empty when none is left. */
  Optional<String> claim(String where) throws IOException {
    for (String name : classes) {
      Path claim = claimed.resolve(name);
      if (Files.exists(claim)) {
        continue;
      }
      try {
        Files.createDirectory(claim);
      } catch (FileAlreadyExistsException e) {
        continue; // another machine was faster
      }
      Files.writeString(claim.resolve("where"), where + "\n");
      return Optional.of(name);
    }
    return Optional.empty();
  }

  /** Notes that a claimed class ran to its end, whatever came of its tests. */
  void finish(String name) throws IOException {
    Files.createDirectories(done.resolve(name));
  }
}
