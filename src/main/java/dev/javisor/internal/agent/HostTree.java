package dev.javisor.internal.agent;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Writes what comes out of a guest below a path of this machine. Follows no link below that, and
 * replaces files and links by a rename, so that no one sees half of them.
 *
 * <p>Threading: one thread.
 */
final class HostTree implements CopySink {
  private static final FileAttribute<?> OURS =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> OUR_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path root;
  private final Deque<Folder> folders = new ArrayDeque<>();

  /** A folder that the copy is in. */
  private record Folder(Path path, Attributes attributes, boolean keep) {}

  /**
   * @param root the path that the copy gets
   */
  HostTree(Path root) {
    this.root = root;
  }

  private Path path(byte[] name) {
    Folder folder = folders.peek();
    return folder == null ? root : folder.path.resolve(RawNames.path(name));
  }

  @Override
  public FileSink file(byte[] name, Attributes attributes) throws IOException {
    Path path = path(name);
    refuseFolder(path);
    return new HostFile(path, attributes);
  }

  @Override
  public void link(byte[] name, byte[] target) throws IOException {
    Path path = path(name);
    refuseFolder(path);
    Path temporary = temporary(path);
    HostFiles.run(path, () -> Files.createSymbolicLink(temporary, RawNames.path(target)));
    boolean moved = false;
    try {
      move(temporary, path);
      moved = true;
    } finally {
      if (!moved) {
        HostFiles.run(temporary, () -> Files.deleteIfExists(temporary));
      }
    }
  }

  @Override
  public void enter(byte[] name, Attributes attributes) throws IOException {
    Path path = path(name);
    boolean made = HostFiles.get(path, () -> make(path));
    boolean top = folders.isEmpty();
    if (!made && !(top ? Files.isDirectory(path) : Files.isDirectory(path, NOFOLLOW_LINKS))) {
      throw HostFiles.failure(path, "ENOTDIR");
    }
    // A copy into a folder that is the user's leaves that as it was.
    folders.push(new Folder(path, attributes, top && !made));
  }

  private static boolean make(Path path) throws IOException {
    try {
      Files.createDirectory(path, OUR_FOLDER);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  @Override
  public void leave() throws IOException {
    Folder folder = folders.pop();
    if (!folder.keep) {
      finish(folder.path, folder.attributes);
    }
  }

  private static void refuseFolder(Path path) {
    if (Files.isDirectory(path, NOFOLLOW_LINKS)) {
      throw HostFiles.failure(path, "EISDIR");
    }
  }

  private static Path temporary(Path path) {
    return path.resolveSibling(
        ".javisor-" + Long.toHexString(ThreadLocalRandom.current().nextLong()));
  }

  private static void move(Path temporary, Path path) throws ClosedByInterruptException {
    HostFiles.run(path, () -> Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE));
  }

  /** The mode last: it may forbid all else. */
  private static void finish(Path path, Attributes attributes) throws ClosedByInterruptException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(path, PosixFileAttributeView.class, NOFOLLOW_LINKS);
    FileTime time = FileTime.from(attributes.time());
    HostFiles.run(path, () -> view.setTimes(time, null, null));
    HostFiles.run(path, () -> view.setPermissions(permissions(attributes.mode())));
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] all = PosixFilePermission.values();
    for (int i = 0; i < all.length; i++) {
      // They are declared from the owner's read, the highest bit, to the others' execution.
      if ((mode >> (all.length - 1 - i) & 1) != 0) {
        permissions.add(all[i]);
      }
    }
    return permissions;
  }

  /** A file on its way. */
  private static final class HostFile implements FileSink {
    private final Path path;
    private final Attributes attributes;
    private @Nullable Path temporary;
    private final FileChannel channel;

    HostFile(Path path, Attributes attributes) throws ClosedByInterruptException {
      this.path = path;
      this.attributes = attributes;
      Path made = HostTree.temporary(path);
      channel = HostFiles.get(path, () -> FileChannel.open(made, Set.of(CREATE_NEW, WRITE), OURS));
      temporary = made;
    }

    @Override
    public void write(ByteBuffer bytes, boolean allowed) throws IOException {
      if (!allowed) {
        throw HostFiles.failure(path, "EFBIG");
      }
      while (bytes.hasRemaining()) {
        HostFiles.run(path, () -> channel.write(bytes));
      }
    }

    @Override
    public void finish() throws IOException {
      Path made = temporary;
      HostFiles.run(path, channel::close);
      if (made != null) {
        HostTree.finish(made, attributes);
        move(made, path);
        temporary = null;
      }
    }

    @Override
    public void close() throws IOException {
      Path made = temporary;
      HostFiles.run(path, channel::close);
      if (made != null) {
        HostFiles.run(made, () -> Files.deleteIfExists(made));
      }
    }
  }
}
