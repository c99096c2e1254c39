package dev.javisor.linux;

import dev.javisor.VirtualMachine;
import dev.javisor.config.DiskEngine;
import dev.javisor.internal.sys.DiskFile;
import dev.javisor.internal.sys.Fd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A disk beside a Debian's own, for one of the ways in which Javisor can carry out I/O. */
record ExtraDisk(String name, DiskEngine engine, boolean direct, int queues) {
  /** The size of each. */
  static final long BYTES = 64 << 20;

  /** One for each way, by the names that Linux gives them. */
  static final List<ExtraDisk> ALL = all();

  private static List<ExtraDisk> all() {
    List<ExtraDisk> all = new ArrayList<>();
    for (DiskEngine engine : List.of(DiskEngine.SYNC, DiskEngine.IO_URING)) {
      for (boolean direct : List.of(false, true)) {
        for (int queues : List.of(1, 4)) {
          all.add(new ExtraDisk("vd" + (char) ('b' + all.size()), engine, direct, queues));
        }
      }
    }
    return List.copyOf(all);
  }

  /** Its file. */
  Path path() {
    return LinuxDisks.scratch().resolve(name);
  }

  /** Makes its file, all a hole. */
  void create() throws IOException {
    LinuxDisks.sparse(name, BYTES);
  }

  /** Gives it to a machine. */
  void attach(VirtualMachine.Builder builder) {
    builder.disk(
        disk -> disk.path(path()).engine(engine).direct(direct).queues(queues).serial(name));
  }

  /** What its file takes of the host's disk, in bytes. */
  long spaceTaken() {
    try (DiskFile file = DiskFile.openDisk(path(), Fd.O_RDONLY)) {
      return file.spaceTaken();
    }
  }
}
