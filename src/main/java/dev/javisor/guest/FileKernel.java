package dev.javisor.guest;

import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.internal.cache.FolderCache;
import dev.javisor.internal.cache.Sha256;
import dev.javisor.internal.guest.KernelImages;
import dev.javisor.internal.guest.ModuleFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A kernel in a file that is not ours. Its vmlinux is cached by the file's checksum. */
final class FileKernel implements GuestKernel {
  private static final String VMLINUX = "vmlinux";

  private final Path image;
  private final String release;
  private final @Nullable ModuleLookup modules;
  private final FolderCache cache;

  private FileKernel(
      Path image, String release, @Nullable ModuleLookup modules, FolderCache cache) {
    this.image = image;
    this.release = release;
    this.modules = modules;
    this.cache = cache;
  }

  static GuestKernel of(Path image) {
    return new FileKernel(
        image, checkedRelease(image), null, CacheFolder.vmlinux(CacheFolder.standard()));
  }

  static GuestKernel of(Path image, Path modules) {
    String release = checkedRelease(image);
    if (!Files.isDirectory(modules)) {
      throw new GuestKernelUnavailableException(
          "there is no folder of modules at " + modules,
          "pass the folder lib/modules/%s, or no folder for a kernel that needs none"
              .formatted(release),
          null);
    }
    return new FileKernel(
        image,
        release,
        new ModuleLookup(release, ModuleFiles.of(modules)),
        CacheFolder.vmlinux(CacheFolder.standard()));
  }

  private static String checkedRelease(Path image) {
    if (!Files.isRegularFile(image) || !Files.isReadable(image)) {
      throw new GuestKernelUnavailableException(
          "%s %s".formatted(image, Files.exists(image) ? "cannot be read" : "does not exist"),
          "pass a bzImage or an ELF vmlinux that this user may read",
          null);
    }
    try {
      Optional<String> release = KernelImages.release(image);
      if (release.isPresent() || KernelImages.isElf(image)) {
        return release.orElse("unknown");
      }
    } catch (IOException e) {
      throw new GuestKernelUnavailableException(
          image + " cannot be read: " + e.getMessage(), "pass another file", e);
    }
    throw new GuestKernelUnavailableException(
        image + " is no kernel", "pass a bzImage or an ELF vmlinux", null);
  }

  @Override
  public Path image() {
    return image;
  }

  @Override
  public Path vmlinux() {
    try {
      if (KernelImages.isElf(image)) {
        return image;
      }
      return cache
          .open(
              Sha256.of(image),
              folder -> {
                KernelImages.extractVmlinux(image, folder.resolve(VMLINUX));
                return Map.of("release", release);
              })
          .file(VMLINUX);
    } catch (IOException e) {
      throw new GuestKernelUnavailableException(
          "the vmlinux in %s cannot be had: %s".formatted(image, e.getMessage()),
          "pass an uncompressed ELF vmlinux",
          e);
    }
  }

  @Override
  public String release() {
    return release;
  }

  @Override
  public List<Path> modules(String... names) {
    if (modules == null) {
      throw new GuestKernelUnavailableException(
          "the kernel %s came without modules".formatted(image),
          "pass its folder of modules too: GuestKernel.of(image, modules)",
          null);
    }
    return modules.inLoadOrder(names);
  }

  @Override
  public String toString() {
    return "kernel " + release + " (" + image + ")";
  }
}
