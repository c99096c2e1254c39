package dev.javisor.testing.guest;

import dev.javisor.internal.cache.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** A distribution's archive in a folder: packages, their lists, and a signature. */
public final class FakeArchive {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final Path root;
  private final OpenPgpKey key;
  private final Map<String, String> stanzas = new LinkedHashMap<>();
  private Duration validity = Duration.ofDays(7);
  private boolean byHash;

  /**
   * @param root an empty folder
   * @param key signs it
   */
  public FakeArchive(Path root, OpenPgpKey key) {
    this.root = root;
    this.key = key;
  }

  /** Adds a package; {@link #publish} makes it known. */
  public FakeArchive add(String name, String version, String depends, Map<String, byte[]> files)
      throws IOException {
    byte[] deb = FakeDeb.of(new TreeMap<>(files));
    String filename =
        "pool/main/l/" + name + "_" + version.replaceFirst("^[0-9]+:", "") + "_amd64.deb";
    Path path = root.resolve(filename);
    Files.createDirectories(path.getParent());
    Files.write(path, deb);
    stanzas.put(
        name + " " + version,
        """
        Package: %s
        Version: %s
        Architecture: amd64
        Maintainer: Nobody <nobody@example.org>
        Installed-Size: 1
        %sDescription: a test
        Filename: %s
        Size: %d
        SHA256: %s

        """
            .formatted(
                name,
                version,
                depends.isEmpty() ? "" : "Depends: " + depends + "\n",
                filename,
                deb.length,
                Sha256.of(deb)));
    return this;
  }

  /** Adds a Debian-like kernel: a metapackage, and what it depends on, with some modules. */
  public FakeArchive addKernel(String metapackage, String release, String version)
      throws IOException {
    byte[] vmlinux = FakeKernel.vmlinux(release);
    String modules = "./lib/modules/" + release + "/";
    add(metapackage, version, "linux-image-%s (= %s)".formatted(release, version), Map.of());
    add(
        "linux-image-" + release,
        version,
        "kmod, linux-base (>= 4.3~), initramfs-tools (>= 0.120+deb8u2) | linux-initramfs-tool",
        Map.of(
            "./boot/vmlinuz-" + release,
            FakeKernel.bzImage(release, Compress.xz(vmlinux), vmlinux.length, true),
            "./boot/config-" + release,
            new byte[1000],
            modules + "modules.builtin",
            "kernel/drivers/tty/serial/8250/8250.ko\n".getBytes(StandardCharsets.US_ASCII),
            modules + "kernel/drivers/virtio/virtio.ko",
            FakeModule.of("depends=virtio_ring", "name=virtio"),
            modules + "kernel/drivers/virtio/virtio_ring.ko",
            FakeModule.of("depends=", "name=virtio_ring"),
            modules + "kernel/drivers/block/virtio_blk.ko.xz",
            Compress.xz(FakeModule.of("depends=virtio,virtio_ring", "name=virtio_blk"))));
    return this;
  }

  /** Adds a busybox that is only a text. */
  public FakeArchive addBusybox(String text) throws IOException {
    return add(
        "busybox-static",
        "1:1.35.0-4",
        "",
        Map.of("./bin/busybox", text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Sets how long the lists may be used; negative: until then. */
  public FakeArchive validFor(Duration newValidity) {
    validity = newValidity;
    return this;
  }

  /** Has the lists named by their sums too. */
  public FakeArchive byHash() {
    byHash = true;
    return this;
  }

  /** Writes the lists and signs them. */
  public void publish(String suite) {
    publish(suite, signed -> signed);
  }

  /**
   * Writes the lists and signs them, and then changes the signed file.
   *
   * @param tamper the change
   */
  public void publish(String suite, UnaryOperator<String> tamper) {
    try {
      Path dists = root.resolve("dists").resolve(suite);
      Path binary = Files.createDirectories(dists.resolve("main/binary-amd64"));
      byte[] list = String.join("", stanzas.values()).getBytes(StandardCharsets.UTF_8);
      byte[] xz = Compress.xz(list);
      Files.write(binary.resolve("Packages"), list);
      Files.write(binary.resolve("Packages.xz"), xz);
      if (byHash) {
        Path sums = Files.createDirectories(binary.resolve("by-hash/SHA256"));
        Files.write(sums.resolve(Sha256.of(xz)), xz);
        Files.delete(binary.resolve("Packages.xz"));
      }
      Files.writeString(
          dists.resolve("InRelease"), tamper.apply(key.clearsign(release(suite, list, xz))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private String release(String suite, byte[] list, byte[] xz) {
    Instant now = Instant.now();
    return """
        Origin: Test
        Suite: stable
        Codename: %s
        Date: %s
        Valid-Until: %s
        Acquire-By-Hash: %s
        Architectures: amd64
        Components: main
        SHA256:
         %s %d main/binary-amd64/Packages
         %s %d main/binary-amd64/Packages.xz
        """
        .formatted(
            suite,
            DATE.format(now.minus(Duration.ofDays(10))),
            DATE.format(now.plus(validity)),
            byHash ? "yes" : "no",
            Sha256.of(list),
            list.length,
            Sha256.of(xz),
            xz.length);
  }
}
