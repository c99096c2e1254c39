package dev.javisor.internal.image.oci;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The files that an image consists of, in a folder or in an archive. */
interface Blobs extends Closeable {
  /**
   * A file's content.
   *
   * @param name with {@code /} between folders
   * @throws NoSuchFileException if there is none
   */
  InputStream open(String name) throws IOException;

  /** Whether there is such a file. */
  boolean has(String name);

  /**
   * Those of an image.
   *
   * @param path a folder, or a tar archive, compressed or not
   */
  static Blobs of(Path path) throws IOException {
    return Files.isDirectory(path) ? new InFolder(path) : TarBlobs.open(path);
  }

  /**
   * Files in a folder.
   *
   * @param folder where they are
   */
  record InFolder(Path folder) implements Blobs {
    @Override
    public InputStream open(String name) throws IOException {
      Path file = folder.resolve(name).normalize();
      if (!file.startsWith(folder.normalize())) {
        throw new NoSuchFileException(name);
      }
      return new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    }

    @Override
    public boolean has(String name) {
      return Files.isRegularFile(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void close() {}
  }
}
