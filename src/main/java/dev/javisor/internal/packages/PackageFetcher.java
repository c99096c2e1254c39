package dev.javisor.internal.packages;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Fetches a package, with what its kernel is made of, and unpacks it. */
public final class PackageFetcher {
  private final List<PackageSource> sources;

  PackageFetcher(List<PackageSource> sources) {
    this.sources = sources;
  }

  /**
   * Fetches from the first source that can give all of it.
   *
   * @param name the package, or a metapackage of a kernel
   * @param work a folder for the downloads; they are deleted
   * @param target where files get unpacked
   * @param wanted the place below {@code target} of a path in a package, or empty
   * @return what was unpacked, as {@code NAME VERSION, ...}
   * @throws IOException if no source can, with what each of them said
   */
  public String fetch(
      String name,
      Path work,
      Path target,
      Function<String, Optional<String>> wanted,
      Progress progress)
      throws IOException {
    IOException all = new IOException("cannot fetch " + name);
    for (PackageSource source : sources) {
      try {
        return fetchFrom(source, name, work, target, wanted, progress);
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        all =
            new IOException(
                all.getMessage() + "\n  from " + source.description() + ": " + e.getMessage(), e);
      }
    }
    throw all;
  }

  private static String fetchFrom(
      PackageSource source,
      String name,
      Path work,
      Path target,
      Function<String, Optional<String>> wanted,
      Progress progress)
      throws IOException {
    source.prepare(progress);
    List<PackageRecord> parts = PackageWalk.from(source, name);
    for (PackageRecord part : parts) {
      Path folder = Files.createTempDirectory(work, "deb-");
      Path deb = source.download(part, folder, progress);
      progress.step("unpacking " + part);
      DebArchive.unpack(deb, target, wanted);
      Files.delete(deb);
      Files.delete(folder);
    }
    return parts.stream().map(PackageRecord::toString).collect(Collectors.joining(", "));
  }
}
