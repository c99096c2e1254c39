package dev.javisor.guest;

import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.internal.cache.CachedFolder;
import dev.javisor.internal.cache.FolderCache;
import dev.javisor.internal.cache.FolderLock;
import dev.javisor.internal.cache.FolderMaker;
import dev.javisor.internal.cache.Sha256;
import dev.javisor.internal.cache.Trees;
import dev.javisor.internal.guest.KernelImages;
import dev.javisor.internal.packages.FetchSpec;
import dev.javisor.internal.packages.HostSystem;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One fetch: from the cache, or from packages into the cache. */
final class PackageFetch {
  private static final Logger log = LoggerFactory.getLogger(PackageFetch.class);
  private static final String BUSYBOX = "bin/busybox";
  private static final String FIRMWARE_PACKAGE = "cloudhv-efi-x86-64";
  private static final String FIRMWARE = "CLOUDHV.fd";

  /** Where newer packages have the kernel. */
  private static final Pattern BESIDE_MODULES = Pattern.compile("lib/modules/([^/]+)/vmlinuz");

  private final HostSystem host;
  private final FetchSpec spec;
  private final Path cache;
  private final FetchListener listener;
  private final boolean refresh;

  PackageFetch(
      HostSystem host, FetchSpec spec, Path cache, FetchListener listener, boolean refresh) {
    this.host = host;
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

  Path firmware() {
    try {
      return open(FIRMWARE_PACKAGE, this::fillFirmware).file(FIRMWARE);
    } catch (IOException e) {
      throw unavailable("the firmware", "get a CLOUDHV.fd from elsewhere", e);
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
    } catch (IOException | GuestKernelUnavailableException e) {
      Optional<CachedFolder> old = folders.peek(id, maker);
      if (old.isEmpty()) {
        throw e;
      }
      log.warn("no newer {} can be had; using the cached one: {}", packageName, e.getMessage());
      return old.get();
    }
  }

  private String id(String packageName) {
    return "%s-%s".formatted(packageName.replace('/', '_'), originId());
  }

  /** Another choice of where packages come from gets other entries. */
  private String originId() {
    byte[] origin = SourceChoice.origin(host, spec).getBytes(StandardCharsets.UTF_8);
    return "%s-%s-%s"
        .formatted(
            spec.distribution().id(), spec.architecture(), Sha256.of(origin).substring(0, 8));
  }

  private Map<String, String> fillKernel(String packageName, Path folder) throws IOException {
    String version = unpack(packageName, folder, PackageFetch::kernelFile);
    Path image = imageIn(folder, packageName);
    String release = image.getFileName().toString().substring("vmlinuz-".length());
    // Kernels for other CPUs than x86 are packed in other ways.
    if (KernelImages.isBzImage(image)) {
      listener.step("extracting the vmlinux of " + release);
      KernelImages.extractVmlinux(image, folder.resolve(PackagedKernel.VMLINUX));
    }
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

  private Map<String, String> fillFirmware(Path folder) throws IOException {
    String version =
        unpack(
            FIRMWARE_PACKAGE,
            folder,
            path -> path.endsWith("/" + FIRMWARE) ? Optional.of(FIRMWARE) : Optional.empty());
    if (!Files.isRegularFile(folder.resolve(FIRMWARE))) {
      throw new IOException("the package %s holds no %s".formatted(FIRMWARE_PACKAGE, FIRMWARE));
    }
    return Map.of("version", version);
  }

  private String unpack(String packageName, Path folder, Function<String, Optional<String>> wanted)
      throws IOException {
    Path state = cache.resolve("lists").resolve(originId());
    Files.createDirectories(state);
    // Fetches of different packages share the lists, and take turns.
    try (FolderLock lock = FolderLock.take(state.resolve("lock"), CacheFolder.PATIENCE)) {
      Path work = state.resolve("work");
      Trees.delete(work);
      Files.createDirectory(work);
      try {
        return SourceChoice.choose(host, spec, state)
            .fetch(packageName, work, folder, wanted, progress());
      } finally {
        Trees.delete(work);
      }
    }
  }

  private static Optional<String> kernelFile(String path) {
    String plain = path.startsWith("usr/") ? path.substring(4) : path;
    Matcher beside = BESIDE_MODULES.matcher(plain);
    if (beside.matches()) {
      return Optional.of("boot/vmlinuz-" + beside.group(1));
    }
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
