package dev.javisor.image;

import static java.util.Objects.requireNonNull;

import dev.javisor.internal.image.DiskMaker;
import dev.javisor.internal.image.ImageSource;
import dev.javisor.internal.image.ext4.Ext4;
import dev.javisor.internal.image.oci.DockerArchive;
import dev.javisor.internal.image.oci.OciLayout;
import dev.javisor.internal.image.tree.Limits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A root file system for guests, of what people have: a folder, a tar archive, or a container
 * image. It becomes an ext4 or squashfs disk, or an initramfs, with owners, modes, links, device
 * nodes and file capabilities as they should be, and without root: the file system is written byte
 * by byte, and nothing is unpacked on this host.
 *
 * <pre>{@code
 * Path disk = RootFs.fromTar(Path.of("rootfs.tar.xz")).toDisk(Path.of("target/root.ext4"));
 * builder.disk(disk).cmdline("console=ttyS0 root=/dev/vda rw");
 * }</pre>
 *
 * <p>Equal sources give equal bytes. A disk has holes where nothing is, so free space takes none of
 * the host's. It has no journal: use it as a base of throwaway overlays ({@link
 * dev.javisor.backend.BlockBackend#overlay}), or give a copy one by {@code tune2fs -j}.
 *
 * <p>Errors: a source that is damaged, hostile, too large or for another CPU is a {@link
 * dev.javisor.error.ImageException}, and nothing is left of the target. Names with {@code ..} and
 * hard links outward are refused; absolute names are taken below the root, and links mean what they
 * do in the guest.
 *
 * <p>Immutable: each method that sets something returns a new object. Threading: any thread.
 */
public final class RootFs {
  private static final long MIB = 1 << 20;
  private static final long FREE = 1L << 30;
  private static final int LABEL = 16;

  private final ImageSource source;
  private final long size;
  private final long free;
  private final String label;
  private final ProgressListener listener;

  private RootFs(
      ImageSource source, long size, long free, String label, ProgressListener listener) {
    this.source = source;
    this.size = size;
    this.free = free;
    this.label = label;
    this.listener = listener;
  }

  static RootFs of(ImageSource source, ProgressListener listener) {
    return new RootFs(source, 0, FREE, "", listener);
  }

  /**
   * The files of a folder. What belongs to the user of this process belongs to root in the guest;
   * other owners stay. Sockets are left out, and extended attributes but for those of the namespace
   * {@code user}: a tar archive keeps file capabilities, too.
   */
  public static RootFs fromDirectory(Path folder) {
    return of(ImageSource.ofFolder(folder), Listening.NOBODY);
  }

  /**
   * The members of a tar archive: plain, or compressed by gzip, xz, bzip2 or Zstandard. Sparse
   * members keep their holes; extended attributes are those that {@code tar --xattrs} writes, but
   * for access control lists.
   */
  public static RootFs fromTar(Path archive) {
    return of(ImageSource.ofTar(archive), Listening.NOBODY);
  }

  /**
   * The layers of the only image for this CPU in an OCI layout. {@link Image#fromOciLayout(Path,
   * String)} chooses among several.
   *
   * @param layout a folder, or a tar archive of one
   * @throws dev.javisor.error.ImageException if there is none, or it cannot be read
   */
  public static RootFs fromOciLayout(Path layout) {
    return of(ImageSource.of(OciLayout.find(layout, "")), Listening.NOBODY);
  }

  /**
   * The layers of the only image in what {@code docker save} or {@code podman save} wrote.
   *
   * @param archive compressed or not
   * @throws dev.javisor.error.ImageException if there is none, or it cannot be read
   */
  public static RootFs fromDockerArchive(Path archive) {
    return of(ImageSource.of(DockerArchive.find(archive, "")), Listening.NOBODY);
  }

  /**
   * Sets the disk's size. Default: what the content takes, and 1 GiB that is free.
   *
   * @param bytes a multiple of 1 MiB, up to 1 TiB
   * @throws IllegalArgumentException if it is none
   */
  public RootFs size(long bytes) {
    if (bytes <= 0 || bytes % MIB != 0 || bytes > 1L << 40) {
      throw new IllegalArgumentException(
          "size %d: expected a multiple of 1 MiB, up to 1 TiB".formatted(bytes));
    }
    return new RootFs(source, bytes, free, label, listener);
  }

  /**
   * Sets how much is free on a disk whose size is not set. It takes nothing of the host's disk.
   * Default: 1 GiB.
   *
   * @throws IllegalArgumentException if it is negative, or above 1 TiB
   */
  public RootFs freeSpace(long bytes) {
    if (bytes < 0 || bytes > 1L << 40) {
      throw new IllegalArgumentException("free space %d: expected 0 to 1 TiB".formatted(bytes));
    }
    return new RootFs(source, 0, bytes, label, listener);
  }

  /**
   * Sets the file system's label, by which {@code root=LABEL=...} finds it. Default: none.
   *
   * @param text up to 16 bytes as UTF-8
   * @throws IllegalArgumentException if it is longer
   */
  public RootFs label(String text) {
    if (text.getBytes(StandardCharsets.UTF_8).length > LABEL || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("label '%s': expected up to 16 bytes".formatted(text));
    }
    return new RootFs(source, size, free, text, listener);
  }

  /** Tells this listener how the making of a disk goes on. Default: nobody. */
  public RootFs listener(ProgressListener newListener) {
    return new RootFs(source, size, free, label, requireNonNull(newListener, "newListener"));
  }

  /**
   * Writes an ext4 disk, in the place of what is there; until it is whole, that stays.
   *
   * @return the target
   * @throws dev.javisor.error.ImageException if it cannot be made; nothing is left of it then
   */
  public Path toDisk(Path target) {
    maker().writeExt4(target, new Ext4.Options(size, free, label));
    return target;
  }

  /**
   * Writes an initramfs, which the guest's kernel unpacks into its memory: for small ones. Its
   * {@code /init} is started. Extended attributes are left out.
   *
   * @return the target
   * @throws dev.javisor.error.ImageException if it cannot be made; nothing is left of it then
   */
  public Path toInitramfs(Path target) {
    maker().writeInitramfs(target);
    return target;
  }

  /**
   * Writes a squashfs file system: compressed, and only to be read, as by a guest whose root is
   * {@code root=/dev/vda rootfstype=squashfs ro}. Stock kernels have it as a module: {@code agent(a
   * -> a.modules("squashfs"))} brings that. Size, free space and label do not count.
   *
   * @return the target
   * @throws dev.javisor.error.ImageException if it cannot be made; nothing is left of it then
   */
  public Path toSquashfs(Path target) {
    maker().writeSquashfs(target);
    return target;
  }

  private DiskMaker maker() {
    return new DiskMaker(source, Limits.STANDARD, new Listening(listener));
  }
}
