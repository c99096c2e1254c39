package dev.javisor.internal.boot;

import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.Mapping;

/** Files that exist in memory only. */
final class TestFile {
  private TestFile() {}

  static Fd of(byte[] bytes) {
    Fd file = Fd.memfd("test", 0);
    if (bytes.length > 0) {
      file.truncate(bytes.length);
      try (Mapping mapping = Mapping.shared(file, bytes.length, 0)) {
        mapping.view(0, bytes.length).put(bytes);
      }
    }
    return file;
  }

  /** A file that is all zeros and takes no memory. */
  static Fd ofSize(long size) {
    Fd file = Fd.memfd("test", 0);
    file.truncate(size);
    return file;
  }
}
