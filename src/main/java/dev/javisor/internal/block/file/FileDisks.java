package dev.javisor.internal.block.file;

import dev.javisor.config.DiskEngine;
import dev.javisor.internal.block.Disk;
import dev.javisor.internal.block.DiskException;
import dev.javisor.internal.sys.DiskFile;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.IoUring;
import dev.javisor.internal.sys.NativeException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens files and block devices as disks. Threading: any thread. */
public final class FileDisks {
  private static final Logger log = LoggerFactory.getLogger(FileDisks.class);
  private static final int SECTOR = 512;
  private static final int PAGE = 4096;
  private static final int PROBE_OPERATIONS = 2;

  /** How files are opened; tests refuse here what no file system at hand refuses. */
  interface Opener {
    /** As {@link DiskFile#openDisk}. */
    DiskFile open(Path path, int flags);

    /** As {@link DiskFile#allocate}. */
    default long allocate(DiskFile file, int mode, long offset, long length) {
      return file.allocate(mode, offset, length);
    }
  }

  private final Opener opener;

  FileDisks(Opener opener) {
    this.opener = opener;
  }

  /**
   * Opens a disk's file and locks it.
   *
   * @throws DiskException if it cannot be had as asked for
   */
  public static Disk open(DiskSpec spec) {
    return new FileDisks(DiskFile::openDisk).openDisk(spec);
  }

  Disk openDisk(DiskSpec spec) {
    Path path = Objects.requireNonNull(spec.path(), "path");
    DiskFile buffered = openBuffered(spec, path);
    DiskFile direct = null;
    try {
      DiskFile.Kind kind = checkKind(path, buffered);
      checkSize(path, buffered.diskSize());
      checkWritable(spec, path, kind, buffered);
      lock(spec, path, buffered);
      direct = spec.direct() ? openDirect(spec, path) : null;
      boolean ioUring = ioUring(spec);
      OpenFile file = new OpenFile(buffered, direct);
      return new FileDisk(spec, file, shape(kind, buffered, file), ioUring);
    } catch (NativeException e) {
      close(buffered, direct);
      throw problem(path, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      close(buffered, direct);
      throw e;
    }
  }

  private DiskFile openBuffered(DiskSpec spec, Path path) {
    try {
      // Without O_NONBLOCK the open would wait for the other end of a FIFO.
      return opener.open(path, mode(spec) | DiskFile.O_NONBLOCK);
    } catch (NativeException e) {
      throw problem(path, whyNotOpened(spec, path, e));
    }
  }

  private static String whyNotOpened(DiskSpec spec, Path path, NativeException e) {
    String user = System.getProperty("user.name");
    String orReadOnly = spec.readOnly() ? "" : ", or make the disk read-only";
    return switch (e.errno()) {
      case Errno.ENOENT ->
          path.isAbsolute()
              ? "there is no such file"
              : "there is no such file; it is looked for in " + Path.of("").toAbsolutePath();
      case Errno.EISDIR -> "expected a file or block device, not a folder";
      case Errno.EACCES, Errno.EPERM ->
          "user %s may not %s it; change its permissions%s"
              .formatted(user, spec.readOnly() ? "read" : "read and write", orReadOnly);
      case Errno.EROFS -> "it is on a read-only file system; copy it elsewhere" + orReadOnly;
      default -> String.valueOf(e.getMessage());
    };
  }

  private static DiskFile.Kind checkKind(Path path, DiskFile file) {
    DiskFile.Kind kind = file.kind();
    switch (kind) {
      case FOLDER -> throw problem(path, "expected a file or block device, not a folder");
      case FIFO -> throw problem(path, "expected a file or block device, not a FIFO");
      case OTHER -> throw problem(path, "expected a file or block device");
      case FILE, BLOCK_DEVICE -> {}
    }
    return kind;
  }

  private static void checkSize(Path path, long size) {
    if (size == 0) {
      throw problem(path, "it is empty; give it a size, as by truncate --size=10G");
    }
    if (size % SECTOR != 0) {
      throw problem(
          path,
          "it has %d bytes, no multiple of 512; is it a raw image? truncate --size=%%512 fills it up"
              .formatted(size));
    }
  }

  private static void checkWritable(
      DiskSpec spec, Path path, DiskFile.Kind kind, DiskFile buffered) {
    if (kind == DiskFile.Kind.BLOCK_DEVICE && !spec.readOnly() && buffered.blockDeviceReadOnly()) {
      throw problem(path, "the block device is read-only; make the disk read-only, too");
    }
  }

  private static void lock(DiskSpec spec, Path path, DiskFile file) {
    long result = file.lock(!spec.readOnly());
    if (result == -Errno.EAGAIN || result == -Errno.EACCES) {
      throw problem(
          path,
          spec.readOnly()
              ? "it is locked: another machine, or another disk of this one, writes to it"
              : "it is locked: another machine, or another disk of this one, uses it");
    }
    if (result < 0) {
      // Some network file systems have no locks at all.
      log.warn(
          "{}: {} cannot be locked ({}); see to it that nobody else writes to it",
          spec.id(),
          path,
          Errno.name((int) -result));
    }
  }

  private DiskFile openDirect(DiskSpec spec, Path path) {
    try {
      return opener.open(path, mode(spec) | DiskFile.O_DIRECT);
    } catch (NativeException e) {
      if (e.errno() != Errno.EINVAL) {
        throw e;
      }
      throw new DiskException(
          "direct",
          "true",
          "the file system of %s has no direct I/O; leave it out, or copy the file elsewhere"
              .formatted(path));
    }
  }

  private static boolean ioUring(DiskSpec spec) {
    if (spec.engine() == DiskEngine.SYNC || (spec.engine() == DiskEngine.AUTO && !spec.direct())) {
      return false;
    }
    try {
      IoUring.create(PROBE_OPERATIONS, spec.id()).close();
      return true;
    } catch (NativeException e) {
      if (spec.engine() == DiskEngine.AUTO) {
        log.info("{}: the host has no io_uring for us: {}", spec.id(), e.getMessage());
        return false;
      }
      throw new DiskException("engine", "IO_URING", e.getMessage() + "; use AUTO or SYNC");
    }
  }

  private FileDisk.Shape shape(DiskFile.Kind kind, DiskFile buffered, OpenFile file) {
    boolean device = kind == DiskFile.Kind.BLOCK_DEVICE;
    long size = buffered.diskSize();
    int logical = Math.max(SECTOR, device ? buffered.logicalBlockSize() : file.unit());
    if (size % logical != 0) {
      logical = SECTOR;
    }
    int physical = Math.max(logical, device ? buffered.physicalBlockSize() : PAGE);
    boolean holes = device || hasHoles(buffered, size);
    return new FileDisk.Shape(size, logical, physical, holes);
  }

  /** Asks for a hole behind the end, where it changes nothing. */
  private boolean hasHoles(DiskFile file, long size) {
    long result = opener.allocate(file, DiskFile.PUNCH_HOLE | DiskFile.KEEP_SIZE, size, 1);
    return result != -Errno.EOPNOTSUPP && result != -Errno.ENOSYS;
  }

  private static int mode(DiskSpec spec) {
    return spec.readOnly() ? Fd.O_RDONLY : Fd.O_RDWR;
  }

  private static void close(DiskFile buffered, @Nullable DiskFile direct) {
    if (direct != null) {
      direct.close();
    }
    buffered.close();
  }

  private static DiskException problem(Path path, String hint) {
    return new DiskException("path", path.toString(), hint);
  }
}
