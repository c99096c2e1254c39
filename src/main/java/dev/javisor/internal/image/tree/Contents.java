package dev.javisor.internal.image.tree;

import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import dev.javisor.internal.image.tar.RawName;
import dev.javisor.internal.image.tar.TarMember;
import dev.javisor.internal.image.tar.TarReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Takes the content of files into a {@link BlockFile}, up to a limit. */
public final class Contents {
  private final BlockFile file;
  private final String target;
  private final Limits limits;
  private long bytes;
  private long sparse;
  private long runs;

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
    String name = RawName.shown(member.name());
    if (member.pieces().size() == 1 && member.pieces().get(0).length() == member.size()) {
      return copy(name, member.size(), reader::read, source);
    }
    ReadErrors reading = new ReadErrors(reader::read);
    Pieces pieces = new Pieces(member.pieces(), member.size(), reading);
    List<Pieces.Span> spans = pieces.spans();
    long blocks = spans.stream().mapToLong(Pieces.Span::blocks).sum();
    reserve(name, blocks * BlockFile.BLOCK, source);
    reserveHoles(name, member.size(), spans.size(), source);
    try {
      List<Inode.Run> runs = new ArrayList<>();
      for (Pieces.Span span : spans) {
        pieces.seek(span);
        runs.add(new Inode.Run(span.at(), file.nextBlock(), span.blocks()));
        file.append(pieces);
      }
      return new Inode.Content(member.size(), runs);
    } catch (IOException e) {
      throw reading.failed ? Failures.reading(source, e) : Failures.host(target, e);
    }
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
      throw tooLarge(name, size, "%d".formatted(limits.bytes()), source);
    }
  }

  /** Holes take no room, but whoever goes through them takes time. */
  private void reserveHoles(String name, long size, int newRuns, String source) {
    sparse += size;
    runs += newRuns;
    if (sparse > limits.sparseBytes() || sparse < 0 || runs > Limits.RUNS) {
      String most = "%d with holes, or %d pieces".formatted(limits.sparseBytes(), Limits.RUNS);
      throw tooLarge(name, size, most, source);
    }
  }

  private static ImageException tooLarge(String name, long size, String most, String source) {
    return new ImageException(
        Reason.TOO_LARGE,
        source,
        "with %s of %d bytes it has more than %s".formatted(name, size, most),
        "leave large files out, and attach them as a disk",
        null);
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
