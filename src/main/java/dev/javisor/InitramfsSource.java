package dev.javisor;

import dev.javisor.guest.Initramfs;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.guest.AgentArchive;
import dev.javisor.internal.machine.HeldFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Where a machine's initramfs comes from: a file, something to be written to one, or nowhere. */
interface InitramfsSource {
  /** No initramfs. */
  InitramfsSource NONE = problems -> new Found(Optional.empty(), () -> {});

  /** Finds the file, or tells what is wrong with it. */
  Found find(List<Problem> problems);

  static InitramfsSource of(Path file) {
    return problems -> {
      Checks.file("initramfs", file, problems);
      return new Found(Optional.of(file), () -> {});
    };
  }

  static InitramfsSource of(Initramfs initramfs) {
    return problems -> written(initramfs::writeTo, problems);
  }

  /** What an agent brings, and behind it this one. */
  default InitramfsSource behind(AgentArchive agent) {
    return problems -> {
      int before = problems.size();
      Found own = find(problems);
      if (problems.size() > before) {
        // Without this one, the agent would make something else of the guest.
        return own;
      }
      try {
        return written(file -> join(agent, own.path(), file), problems);
      } finally {
        own.letGo().run();
      }
    };
  }

  private static void join(AgentArchive agent, Optional<Path> own, Path file) {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      agent.writeTo(out);
      if (own.isPresent()) {
        Files.copy(own.get(), out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Found written(Consumer<Path> writer, List<Problem> problems) {
    // An interrupted thread cannot write files, and would look as if it could not be done.
    boolean interrupted = Thread.interrupted();
    try {
      HeldFile file = HeldFile.written(writer);
      return new Found(Optional.of(file.path()), file::close);
    } catch (RuntimeException e) {
      problems.add(new Problem("initramfs", "Initramfs", "it cannot be written: " + e));
      return NONE.find(problems);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * A file that was found.
   *
   * @param path the file, if there is one
   * @param letGo says that it is not needed any more; may run twice
   */
  record Found(Optional<Path> path, Runnable letGo) {}
}
