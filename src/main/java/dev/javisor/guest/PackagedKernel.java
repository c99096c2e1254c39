package dev.javisor.guest;

import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.internal.cache.CachedFolder;
import dev.javisor.internal.guest.ModuleFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A kernel from a distribution's packages, in the cache. */
final class PackagedKernel implements GuestKernel {
  static final String IMAGE = "image";
  static final String RELEASE = "release";
  static final String VMLINUX = "boot/vmlinux";

  private final CachedFolder folder;
  private final ModuleLookup modules;

  /**
   * @throws IOException if the folder's main files are damaged and cannot be made again
   */
  PackagedKernel(CachedFolder folder) throws IOException {
    this.folder = folder;
    folder.file(attribute(IMAGE));
    if (hasVmlinux()) {
      folder.file(VMLINUX);
    }
    this.modules =
        new ModuleLookup(release(), ModuleFiles.of(folder, "lib/modules/%s/".formatted(release())));
  }

  @Override
  public Path image() {
    return file(attribute(IMAGE));
  }

  @Override
  public Path vmlinux() {
    if (!hasVmlinux()) {
      throw new GuestKernelUnavailableException(
          image() + " is no bzImage and has no vmlinux inside",
          "boot the image itself, or pass another kernel",
          null);
    }
    return file(VMLINUX);
  }

  private boolean hasVmlinux() {
    return folder.files().contains(VMLINUX);
  }

  @Override
  public String release() {
    return attribute(RELEASE);
  }

  @Override
  public List<Path> modules(String... names) {
    return modules.inLoadOrder(names);
  }

  private Path file(String name) {
    try {
      return folder.file(name);
    } catch (IOException e) {
      throw new GuestKernelUnavailableException(
          "the cached kernel is damaged and cannot be fetched again: " + e.getMessage(),
          "connect to the network and fetch it again",
          e);
    }
  }

  private String attribute(String key) {
    return folder.attribute(key).orElseThrow();
  }

  @Override
  public String toString() {
    return "kernel %s (%s)".formatted(release(), folder.attribute("version").orElse(""));
  }
}
