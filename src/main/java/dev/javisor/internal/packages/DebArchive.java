package dev.javisor.internal.packages;

import dev.javisor.internal.compress.Decompressors;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Takes files out of a package (deb(5)): an ar archive with a compressed tar archive in it. */
final class DebArchive {
  private static final long MAX_BYTES = 8L << 30;
  private static final int MAX_FILES = 200_000;

  private DebArchive() {}

  /**
   * Unpacks regular files. Links, devices and everything that {@code wanted} does not name stay
   * out, and so no name in the archive can lead outside {@code target}.
   *
   * @param wanted the place below {@code target} for a path in the package ({@code boot/x}, with no
   *     leading {@code ./}), or empty
   * @return how many files were written
   * @throws IOException if the package is damaged or hostile
   */
  static int unpack(Path deb, Path target, Function<String, Optional<String>> wanted)
      throws IOException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(deb));
        ArArchiveInputStream members = new ArArchiveInputStream(file)) {
      for (ArArchiveEntry m = members.getNextEntry(); m != null; m = members.getNextEntry()) {
        if (m.getName().startsWith("data.tar")) {
          return unpackData(Decompressors.open(members), target, wanted);
        }
      }
    } catch (IOException e) {
      throw new IOException("cannot unpack %s: %s".formatted(deb.getFileName(), e.getMessage()), e);
    }
    throw new IOException(deb.getFileName() + " is no package: it has no data.tar");
  }

  private static int unpackData(
      InputStream data, Path target, Function<String, Optional<String>> wanted) throws IOException {
    TarArchiveInputStream tar = new TarArchiveInputStream(data);
    Path root = target.toAbsolutePath().normalize();
    long bytes = 0;
    int files = 0;
    for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
      Optional<String> place = isRegular(e) ? wanted.apply(plain(e.getName())) : Optional.empty();
      if (place.isEmpty()) {
        continue;
      }
      Path path = root.resolve(place.get()).normalize();
      if (!path.startsWith(root) || path.equals(root)) {
        throw new IOException("it names a file outside its folder: " + e.getName());
      }
      bytes += e.getSize();
      files++;
      if (bytes > MAX_BYTES || files > MAX_FILES) {
        throw new IOException("it is larger than any kernel");
      }
      Files.createDirectories(path.getParent());
      Files.copy(tar, path);
      path.toFile().setExecutable((e.getMode() & 0111) != 0, false);
    }
    return files;
  }

  private static boolean isRegular(TarArchiveEntry entry) {
    byte type = entry.getLinkFlag();
    return !entry.isDirectory()
        && (type == TarConstants.LF_NORMAL || type == TarConstants.LF_OLDNORM);
  }

  private static String plain(String name) {
    String path = name;
    while (path.startsWith("./") || path.startsWith("/")) {
      path = path.substring(path.indexOf('/') + 1);
    }
    return path;
  }
}
