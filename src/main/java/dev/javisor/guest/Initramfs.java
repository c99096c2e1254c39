package dev.javisor.guest;

import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.internal.guest.CpioArchive;
import dev.javisor.internal.guest.InitScript;
import dev.javisor.internal.guest.ModuleFile;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The file system that a guest's kernel unpacks into its memory and starts {@code /init} from. The
 * same content gives the same bytes.
 *
 * <pre>{@code
 * Initramfs initramfs =
 *     Initramfs.builder()
 *         .busybox(GuestPackages.debian().busybox())
 *         .file("/etc/motd", "hello\n", 0644)
 *         .init("cat /etc/motd; sh")
 *         .build();
 * }</pre>
 */
public final class Initramfs {
  private final CpioArchive archive;
  private final boolean gzip;

  private Initramfs(CpioArchive archive, boolean gzip) {
    this.archive = archive;
    this.gzip = gzip;
  }

  /** An empty initramfs to add to. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The archive's bytes.
   *
   * @throws UncheckedIOException if a file that was added cannot be read
   */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writeTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Writes the archive to a file, which appears whole or not at all and replaces one that is there.
   *
   * @return the file
   * @throws UncheckedIOException if it cannot be written, or a file that was added cannot be read
   */
  public Path writeTo(Path file) {
    try {
      Path target = file.toAbsolutePath();
      Path fresh = Files.createTempFile(target.getParent(), ".initramfs-", "");
      try {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(fresh), 1 << 16)) {
          writeTo(out);
        }
        Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(fresh);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the initramfs " + file + ": " + e, e);
    }
  }

  private void writeTo(OutputStream out) throws IOException {
    if (gzip) {
      GZIPOutputStream zip = new GZIPOutputStream(out, 1 << 16);
      archive.writeTo(zip);
      zip.finish();
    } else {
      archive.writeTo(out);
    }
  }

  /**
   * Collects what goes into an initramfs. Paths are absolute, such as {@code /etc/motd}; folders on
   * the way are made. A path that is no path, or that is taken, is an {@link
   * IllegalArgumentException}. Not safe for use by several threads.
   */
  public static final class Builder {
    private static final String MODULES = "/javisor/modules/";
    private static final String SCRIPT = "/javisor/script";
    private static final String PROGRAM = "/javisor/init";

    private final CpioArchive archive = new CpioArchive();
    private final Set<Path> modules = new LinkedHashSet<>();
    private @Nullable Path busybox;
    private @Nullable String script;
    private @Nullable Path program;
    private boolean gzip;
    private boolean built;

    private Builder() {}

    /** Adds a folder with these permissions, such as {@code 0755}. */
    public Builder directory(String path, int mode) {
      archive.directory(path, mode);
      return this;
    }

    /** Adds a file with this content and these permissions. */
    public Builder file(String path, byte[] content, int mode) {
      archive.file(path, content, mode);
      return this;
    }

    /** Adds a file with this text, in UTF-8, and these permissions. */
    public Builder file(String path, String text, int mode) {
      return file(path, text.getBytes(StandardCharsets.UTF_8), mode);
    }

    /** Adds a copy of the host's file, read when the initramfs is written. */
    public Builder file(String path, Path source, int mode) {
      archive.file(path, source, mode);
      return this;
    }

    /** Adds a symbolic link that says {@code target}. */
    public Builder symbolicLink(String path, String target) {
      archive.symbolicLink(path, target);
      return this;
    }

    /** Adds a character device with these numbers and permissions. */
    public Builder characterDevice(String path, int major, int minor, int mode) {
      archive.device(path, false, major, minor, mode);
      return this;
    }

    /** Adds a block device with these numbers and permissions. */
    public Builder blockDevice(String path, int major, int minor, int mode) {
      archive.device(path, true, major, minor, mode);
      return this;
    }

    /**
     * Has modules loaded before the init script or program starts, in this order, each behind those
     * that it needs. Needs a busybox.
     *
     * @param kernel the kernel that the guest boots
     * @param names such as {@code virtio_blk}; what is built into the kernel is left out
     * @throws IllegalArgumentException if the kernel has no such module
     * @throws GuestKernelUnavailableException if the kernel came without modules
     */
    public Builder modules(GuestKernel kernel, String... names) {
      modules.addAll(kernel.modules(names));
      return this;
    }

    /**
     * Adds a busybox at {@code /bin/busybox}.
     *
     * @param file one that needs no libraries, such as {@link GuestPackages#busybox()}
     */
    public Builder busybox(Path file) {
      busybox = file;
      return this;
    }

    /**
     * Runs a shell script as the guest's only program, by busybox, with {@code /proc}, {@code /sys}
     * and {@code /dev} mounted and its programs in the path. When it ends, the guest powers off.
     */
    public Builder init(String shellScript) {
      script = shellScript;
      return this;
    }

    /**
     * Runs a program of the user's as the guest's first one, in process 1, with nothing mounted.
     */
    public Builder init(Path file) {
      program = file;
      return this;
    }

    /** Compresses the archive, which makes it smaller and the guest's boot a little longer. */
    public Builder gzip() {
      gzip = true;
      return this;
    }

    /**
     * Puts it together.
     *
     * @throws IllegalStateException if there are both an init script and an init program, if a
     *     script or modules lack a busybox, if modules lack a script or program to load them for,
     *     or if it was built already
     * @throws GuestKernelUnavailableException if a module cannot be read
     */
    public Initramfs build() {
      check();
      built = true;
      if (busybox != null) {
        archive.file(InitScript.BUSYBOX, busybox, 0755);
      }
      if (script != null) {
        for (String folder : List.of("/proc", "/sys", "/dev", "/root", "/tmp", "/sbin")) {
          archive.directory(folder, folder.equals("/tmp") ? 01777 : 0755);
        }
        console();
        archive.file(SCRIPT, script.getBytes(StandardCharsets.UTF_8), 0644);
        addInit(InitScript.forScript(addModules(), SCRIPT));
      } else if (program != null && modules.isEmpty()) {
        archive.file("/init", program, 0755);
      } else if (program != null) {
        console();
        archive.file(PROGRAM, program, 0755);
        addInit(InitScript.forProgram(addModules(), PROGRAM));
      }
      return new Initramfs(archive, gzip);
    }

    private void check() {
      if (built) {
        throw new IllegalStateException("this builder has built its initramfs already");
      }
      if (script != null && program != null) {
        throw new IllegalStateException("an initramfs has one init: a script or a program");
      }
      if (busybox == null && (script != null || !modules.isEmpty())) {
        throw new IllegalStateException(
            "an init script and modules need a busybox: GuestPackages.debian().busybox()");
      }
      if (script == null && program == null && !modules.isEmpty()) {
        throw new IllegalStateException(
            "modules are loaded for an init script or program: add one");
      }
    }

    private void addInit(String text) {
      archive.file("/init", text.getBytes(StandardCharsets.UTF_8), 0755);
    }

    private void console() {
      if (!archive.contains("/dev/console")) {
        archive.device("/dev/console", false, 5, 1, 0600);
      }
    }

    private List<String> addModules() {
      List<String> paths = new ArrayList<>();
      for (Path module : modules) {
        String name = module.getFileName().toString().replaceFirst("\\.ko.*", ".ko");
        String path = MODULES + "%03d-%s".formatted(paths.size(), name);
        try {
          archive.file(path, ModuleFile.bytes(module), 0644);
        } catch (IOException e) {
          throw new GuestKernelUnavailableException(
              String.valueOf(e.getMessage()), "fetch the kernel and its modules again", e);
        }
        paths.add(path);
      }
      return paths;
    }
  }
}
