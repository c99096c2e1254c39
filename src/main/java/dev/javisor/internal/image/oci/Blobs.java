package dev.javisor.internal.image.oci;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

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
      Path file = file(name);
      if (file == null) {
        throw new NoSuchFileException(name);
      }
      return new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    }

    @Override
    public boolean has(String name) {
      Path file = file(name);
      return file != null && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** A file below the folder, or null: the image may name anything. */
    private @Nullable Path file(String name) {
      try {
        Path file = folder.resolve(name).normalize();
        return file.startsWith(folder.normalize()) ? file : null;
      } catch (InvalidPathException e) {
        return null;
      }
    }

    @Override
    public void close() {}
  }
}
