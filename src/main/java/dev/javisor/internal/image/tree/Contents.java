package dev.javisor.internal.image.tree;

import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import dev.javisor.internal.image.tar.RawName;
import dev.javisor.internal.image.tar.TarMember;
import dev.javisor.internal.image.tar.TarReader;
import java.io.IOException;

/** Takes the content of files into a {@link BlockFile}, up to a limit. */
public final class Contents {
  private final BlockFile file;
  private final String target;
  private final Limits limits;
  private long bytes;

  /**
   * @param target the file's name, for messages
   */
  public Contents(BlockFile file, String target, Limits limits) {
    this.file = file;
    this.target = target;
    this.limits = limits;
  }

  /** Copies a member, whose head was just read. */
  Inode.Content copy(TarMember member, TarReader reader, String source) {
    return copy(RawName.shown(member.name()), member.size(), reader::read, source);
  }

  /**
   * Copies a file.
   *
   * @param size what it says of itself, so that what is too large is found before it is read
   */
  Inode.Content copy(String name, long size, BlockFile.Source from, String source) {
    reserve(name, size, source);
    ReadErrors reading = new ReadErrors(from);
    try {
      return file.append(reading);
    } catch (IOException e) {
      throw reading.failed ? Failures.reading(source, e) : Failures.host(target, e);
    }
  }

  private void reserve(String name, long size, String source) {
    bytes += size;
    if (bytes > limits.bytes() || bytes < 0) {
      throw new ImageException(
          Reason.TOO_LARGE,
          source,
          "with %s of %d bytes it has more than %d".formatted(name, size, limits.bytes()),
          "leave large files out, and attach them as a disk",
          null);
    }
  }

  /** Tells what cannot be read from what cannot be written. */
  private static final class ReadErrors implements BlockFile.Source {
    private final BlockFile.Source from;
    private boolean failed;

    private ReadErrors(BlockFile.Source from) {
      this.from = from;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      failed = true;
      int n = from.read(target, offset, length);
      failed = false;
      return n;
    }
  }
}
