package dev.javisor.linux;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** What the test script puts at the disposal of tests that need disks. */
final class LinuxDisks {
  private LinuxDisks() {}

  /** A Debian with one partition, on a file or block device that is for this JVM to write to. */
  static Path debian() {
    return Path.of(property("javisor.test.disk"));
  }

  /** That Debian's kernel, as its own package has it. */
  static Path kernel() {
    return Path.of(property("javisor.test.image"), "vmlinuz");
  }

  /** That Debian's initial RAM disk, as it has made it itself. */
  static Path initrd() {
    return Path.of(property("javisor.test.image"), "initrd.img");
  }

  /** A folder in which direct I/O and holes work. */
  static Path scratch() {
    return Path.of(property("javisor.test.scratch"));
  }

  /** A new file in {@link #scratch()}, all a hole. */
  static Path sparse(String name, long bytes) throws IOException {
    Path path = scratch().resolve(name);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(0);
      file.setLength(bytes);
    }
    return path;
  }

  private static String property(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException("no property " + name + ": run ./javisor test --linux");
    }
    return value;
  }
}
