package dev.javisor.guest;

import dev.javisor.internal.packages.HostSystem;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** Fetches a kernel in a JVM of its own, and ends with 0 if that works. */
final class FetchInAnotherJvm {
  private FetchInAnotherJvm() {}

  /**
   * Fetches.
   *
   * @param args the folder of a {@link FakeMachine}, and the mirror's address
   */
  public static void main(String[] args) {
    Path folder = Path.of(args[0]);
    GuestKernel kernel =
        GuestPackages.debian()
            .on(new HostSystem(folder, List.of(folder.resolve("bin"))))
            .cache(folder.resolve("cache"))
            .mirror(URI.create(args[1]))
            .kernel();
    if (!kernel.release().equals(FakeMachine.RELEASE) || kernel.modules("virtio").size() != 2) {
      throw new IllegalStateException(kernel.toString());
    }
  }
}
