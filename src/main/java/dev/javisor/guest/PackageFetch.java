package dev.javisor.guest;

import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.internal.cache.CachedFolder;
import dev.javisor.internal.cache.FolderCache;
import dev.javisor.internal.cache.FolderMaker;
import dev.javisor.internal.cache.Sha256;
import dev.javisor.internal.cache.Trees;
import dev.javisor.internal.guest.KernelImages;
import dev.javisor.internal.packages.FetchSpec;
import dev.javisor.internal.packages.Progress;
import dev.javisor.internal.packages.SourceChoice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One fetch: from the cache, or from packages into the cache. */
final class PackageFetch {
  private static final Logger log = LoggerFactory.getLogger(PackageFetch.class);
  private static final String BUSYBOX = "bin/busybox";

  private final FetchSpec spec;
  private final Path cache;
  private final FetchListener listener;
  private final boolean refresh;

  PackageFetch(FetchSpec spec, Path cache, FetchListener listener, boolean refresh) {
    this.spec = spec;
    this.cache = cache;
    this.listener = listener;
    this.refresh = refresh;
  }

  GuestKernel kernel(String packageName) {
    try {
      return new PackagedKernel(open(packageName, folder -> fillKernel(packageName, folder)));
    } catch (IOException e) {
      throw unavailable(
          "the kernel " + packageName, "pass a kernel of your own to GuestKernel.of(Path)", e);
    }
  }

  Path busybox() {
    try {
      return open("busybox-static", this::fillBusybox).file(BUSYBOX);
    } catch (IOException e) {
      throw unavailable("busybox", "pass a busybox of your own to Initramfs", e);
    }
  }

  private CachedFolder open(String packageName, FolderMaker maker) throws IOException {
    FolderCache folders = CacheFolder.packages(cache);
    String id = id(packageName);
    if (!refresh) {
      return folders.open(id, maker);
    }
    try {
      return folders.renew(id, maker);
    } catch (IOException e) {
      Optional<CachedFolder> old = folders.peek(id, maker);
      if (old.isEmpty()) {
        throw e;
      }
      log.warn("no newer {} can be had; using the cached one: {}", packageName, e.getMessage());
      return old.get();
    }
  }

  /** What the packages come from is in the name, so that another choice gets another entry. */
  private String id(String packageName) {
    String origin = SourceChoice.origin(spec);
    return "%s-%s-%s-%s"
        .formatted(
            spec.distribution().id(),
            spec.architecture(),
            packageName.replace('/', '_'),
            Sha256.of(origin.getBytes(StandardCharsets.UTF_8)).substring(0, 8));
  }

  private Map<String, String> fillKernel(String packageName, Path folder) throws IOException {
    String version = unpack(packageName, folder, PackageFetch::kernelFile);
    Path image = imageIn(folder, packageName);
    String release = image.getFileName().toString().substring("vmlinuz-".length());
    listener.step("extracting the vmlinux of " + release);
    KernelImages.extractVmlinux(image, folder.resolve(PackagedKernel.VMLINUX));
    return Map.of(
        "version",
        version,
        PackagedKernel.RELEASE,
        release,
        PackagedKernel.IMAGE,
        folder.relativize(image).toString());
  }

  private Map<String, String> fillBusybox(Path folder) throws IOException {
    String version =
        unpack(
            "busybox-static",
            folder,
            path -> path.matches("(usr/)?bin/busybox") ? Optional.of(BUSYBOX) : Optional.empty());
    if (!Files.isRegularFile(folder.resolve(BUSYBOX))) {
      throw new IOException("the package busybox-static holds no busybox");
    }
    return Map.of("version", version);
  }

  private String unpack(String packageName, Path folder, Function<String, Optional<String>> wanted)
      throws IOException {
    Path state = cache.resolve("apt").resolve(id(packageName));
    Files.createDirectories(state);
    Path work = Files.createTempDirectory(state, "work-");
    try {
      return SourceChoice.choose(spec, state).fetch(packageName, work, folder, wanted, progress());
    } finally {
      Trees.delete(work);
    }
  }

  private static Optional<String> kernelFile(String path) {
    String plain = path.startsWith("usr/") ? path.substring(4) : path;
    return plain.matches("boot/vmlinuz-[^/]+") || plain.startsWith("lib/modules/")
        ? Optional.of(plain)
        : Optional.empty();
  }

  private static Path imageIn(Path folder, String packageName) throws IOException {
    List<Path> images = List.of();
    if (Files.isDirectory(folder.resolve("boot"))) {
      try (Stream<Path> list = Files.list(folder.resolve("boot"))) {
        images = list.sorted().toList();
      }
    }
    if (images.size() != 1) {
      throw new IOException(
          "%s and what it depends on hold %d kernels instead of one"
              .formatted(packageName, images.size()));
    }
    return images.get(0);
  }

  private Progress progress() {
    return new Progress() {
      @Override
      public void step(String what) {
        listener.step(what);
      }

      @Override
      public void bytes(long done, long total) {
        listener.bytes(done, total);
      }
    };
  }

  private static GuestKernelUnavailableException unavailable(
      String what, String instead, IOException e) {
    return new GuestKernelUnavailableException(
        "%s cannot be had: %s".formatted(what, e.getMessage()),
        "connect to the network for the first fetch, name a mirror (GuestPackages.mirror), or "
            + instead,
        e);
  }
}
