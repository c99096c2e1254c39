package dev.javisor;

import dev.javisor.guest.Initramfs;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.machine.HeldFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
    return problems -> {
      // An interrupted thread cannot write files, and would look as if it could not be done.
      boolean interrupted = Thread.interrupted();
      try {
        HeldFile file = HeldFile.written(initramfs::writeTo);
        return new Found(Optional.of(file.path()), file::close);
      } catch (RuntimeException e) {
        problems.add(new Problem("initramfs", "Initramfs", "it cannot be written: " + e));
        return NONE.find(problems);
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    };
  }

  /**
   * A file that was found.
   *
   * @param path the file, if there is one
   * @param letGo says that it is not needed any more; may run twice
   */
  record Found(Optional<Path> path, Runnable letGo) {}
}
