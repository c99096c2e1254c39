package dev.javisor.internal.agent;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.util.Objects.requireNonNull;

import dev.javisor.agent.CopyListener;
import dev.javisor.agent.CopySummary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;

/**
 * Sends a file, a link or a tree of this machine into the guest.
 *
 * <p>Threading: one thread.
 */
final class TreeSender {
  private static final byte[] NONE = {};
  private static final int TYPE = 0170000;
  private static final int FILE = 0100000;
  private static final int FOLDER = 0040000;
  private static final int LINK = 0120000;
  private static final int MODE = 07777;
  private static final int PLAIN = 0644;

  private final FrameReader reader;
  private final FrameWriter writer;
  private final CopyTally tally;
  private Path root = Path.of("");

  TreeSender(Call call, long limit, CopyListener listener) {
    reader = call.reader();
    writer = new FrameWriter(call.channel(), Protocol.PAYLOAD_LIMIT);
    tally = new CopyTally(limit, listener);
  }

  /** What a host's file is. */
  private record Facts(int mode, Instant time) {
    static Facts of(Path path, LinkOption... options) throws ClosedByInterruptException {
      Map<String, Object> read =
          HostFiles.get(
              path, () -> Files.readAttributes(path, "unix:mode,lastModifiedTime", options));
      FileTime time = (FileTime) requireNonNull(read.get("lastModifiedTime"));
      return new Facts((Integer) requireNonNull(read.get("mode")), time.toInstant());
    }
  }

  /** Copies a path of this machine. */
  CopySummary send(Path source, String target, CopySettings settings) throws IOException {
    root = source;
    Facts facts = settings.follow() ? Facts.of(source) : Facts.of(source, NOFOLLOW_LINKS);
    return exchange(target, settings, () -> entry(source, facts, NONE, 0));
  }

  /** Makes a file of bytes. */
  CopySummary send(byte[] content, String target, CopySettings settings) throws IOException {
    return exchange(
        target,
        settings,
        () -> {
          head('f', new Facts(PLAIN, Instant.now()), NONE, NONE);
          data(root, Channels.newChannel(new ByteArrayInputStream(content)));
        });
  }

  private CopySummary exchange(String target, CopySettings settings, HostFiles.Step entries)
      throws IOException {
    writer
        .begin(Protocol.COPY_IN, 0)
        .u16(Protocol.VERSION)
        .u16(Protocol.COPY_IN_PARENTS)
        .u32(settings.uid())
        .u32(settings.gid())
        .string(target.getBytes(StandardCharsets.UTF_8))
        .send();
    Answers.started(reader, Answers::file);
    try {
      entries.run();
      writer.begin(Protocol.DONE, 0).send();
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      throw explained(e);
    }
    reader.next();
    if (reader.type() != Protocol.DONE) {
      throw Answers.refused(reader, Answers::file);
    }
    return tally.summary();
  }

  /** Whoever reads no more has said why, unless the connection is what failed. */
  private IOException explained(IOException failure) {
    try {
      reader.next();
      throw Answers.refused(reader, Answers::file);
    } catch (IOException e) {
      failure.addSuppressed(e);
      return failure;
    }
  }

  private void entry(Path path, Facts facts, byte[] name, int depth) throws IOException {
    switch (facts.mode & TYPE) {
      case FILE -> file(path, facts, name);
      case FOLDER -> folder(path, facts, name, depth);
      case LINK -> {
        Path target = HostFiles.get(path, () -> Files.readSymbolicLink(path));
        head('l', facts, name, RawNames.bytes(target));
        tally.link();
      }
      default -> tally.skip(root.relativize(path).toString());
    }
  }

  private void head(char kind, Facts facts, byte[] name, byte[] target) throws IOException {
    writer
        .begin(Protocol.ENTRY, 0)
        .u8(kind)
        .u8(0)
        .u16(0)
        .u32(facts.mode & MODE)
        .u64(facts.time.getEpochSecond())
        .u32(facts.time.getNano())
        .string(name)
        .string(target)
        .send();
  }

  private void file(Path path, Facts facts, byte[] name) throws IOException {
    try (FileChannel file =
        HostFiles.get(path, () -> FileChannel.open(path, StandardOpenOption.READ))) {
      head('f', facts, name, NONE);
      data(path, file);
    }
  }

  private void data(Path path, ReadableByteChannel content) throws IOException {
    tally.file();
    while (true) {
      writer.begin(Protocol.DATA, 0);
      int count = HostFiles.get(path, () -> writer.fill(content));
      if (!tally.add(count)) {
        throw HostFiles.failure(path, "EFBIG");
      }
      writer.send();
      if (count == 0) {
        return;
      }
    }
  }

  private void folder(Path path, Facts facts, byte[] name, int depth) throws IOException {
    if (depth == Protocol.DEPTH_LIMIT) {
      throw HostFiles.failure(path, "ENAMETOOLONG");
    }
    try (DirectoryStream<Path> children =
        HostFiles.get(path, () -> Files.newDirectoryStream(path))) {
      head('d', facts, name, NONE);
      tally.folder();
      Iterator<Path> each = children.iterator();
      while (HostFiles.get(path, () -> hasNext(each))) {
        Path child = each.next();
        entry(
            child, Facts.of(child, NOFOLLOW_LINKS), RawNames.bytes(child.getFileName()), depth + 1);
      }
    }
    writer.begin(Protocol.LEAVE, 0).send();
  }

  private static boolean hasNext(Iterator<Path> children) throws IOException {
    try {
      return children.hasNext();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }
}
