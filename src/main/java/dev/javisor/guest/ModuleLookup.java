package dev.javisor.guest;

import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.internal.guest.KernelModules;
import dev.javisor.internal.guest.ModuleFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Looks a kernel's modules up, listing them when first asked. Safe for use by several threads. */
final class ModuleLookup {
  private final String release;
  private final ModuleFiles files;
  private @Nullable KernelModules modules;

  ModuleLookup(String release, ModuleFiles files) {
    this.release = release;
    this.files = files;
  }

  synchronized List<Path> inLoadOrder(String... names) {
    try {
      if (modules == null) {
        modules = new KernelModules(release, files);
      }
      return modules.inLoadOrder(List.of(names));
    } catch (NoSuchElementException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    } catch (IOException e) {
      throw new GuestKernelUnavailableException(
          "the modules of kernel %s cannot be read: %s".formatted(release, e.getMessage()),
          "check the files, or fetch the kernel again",
          e);
    }
  }
}
