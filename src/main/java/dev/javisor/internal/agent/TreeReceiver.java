package dev.javisor.internal.agent;

import dev.javisor.agent.CopyListener;
import dev.javisor.agent.CopySummary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Takes a file, a link or a tree from the guest, which may be hostile: a name is one step down, and
 * nothing is written but below the copy's root.
 *
 * <p>Threading: one thread.
 */
final class TreeReceiver {
  private static final int MODE = 0777;
  private static final int LAST_NANO = 999_999_999;
  private static final int NAME_LIMIT = 255;

  private final FrameReader reader;
  private final FrameWriter writer;
  private final CopyTally tally;

  TreeReceiver(Call call, long limit, CopyListener listener) {
    reader = call.reader();
    writer = new FrameWriter(call.channel(), 256);
    tally = new CopyTally(limit, listener);
  }

  /** Copies a path of the guest. */
  CopySummary receive(String source, CopySettings settings, CopySink sink) throws IOException {
    writer
        .begin(Protocol.COPY_OUT, 0)
        .u16(Protocol.VERSION)
        .u16(settings.follow() ? Protocol.COPY_OUT_FOLLOW : 0)
        .string(source.getBytes(StandardCharsets.UTF_8))
        .send();
    Answers.started(reader, Answers::file);
    int depth = 0;
    boolean rooted = false;
    while (true) {
      reader.next();
      switch (reader.type()) {
        case Protocol.ENTRY -> {
          require(depth > 0 || !rooted, "a second root");
          rooted = true;
          depth += entry(sink, depth) ? 1 : 0;
        }
        case Protocol.LEAVE -> {
          require(depth > 0, "an end of no folder");
          depth--;
          sink.leave();
        }
        case Protocol.SKIPPED -> {
          reader.u8();
          tally.skip(reader.text());
        }
        case Protocol.DONE -> {
          require(depth == 0, "an end amid a folder");
          return tally.summary();
        }
        default -> throw Answers.refused(reader, Answers::file);
      }
    }
  }

  /** Whether it is a folder, into which the copy goes now. */
  private boolean entry(CopySink sink, int depth) throws IOException {
    int kind = reader.u8();
    reader.u8();
    reader.u16();
    int mode = (int) reader.u32() & MODE;
    long seconds = reader.u64();
    long nanos = reader.u32();
    byte[] name = reader.string();
    byte[] target = reader.string();
    reader.end();
    require(nanos <= LAST_NANO, "a time with %d ns".formatted(nanos));
    require(depth == 0 ? name.length == 0 : isName(name), "a name that no entry has");
    require((kind == 'l') == (target.length > 0), "a link without a target, or a target without");
    CopySink.Attributes attributes = new CopySink.Attributes(mode, seconds, (int) nanos);
    switch (kind) {
      case 'f' -> {
        tally.file();
        file(sink, name, attributes);
      }
      case 'l' -> {
        tally.link();
        sink.link(name, target);
      }
      case 'd' -> {
        require(depth < Protocol.DEPTH_LIMIT, "a tree of more than 128 folders' depth");
        tally.folder();
        sink.enter(name, attributes);
      }
      default -> throw new FrameException("an entry of kind %d".formatted(kind));
    }
    return kind == 'd';
  }

  private void file(CopySink sink, byte[] name, CopySink.Attributes attributes) throws IOException {
    try (CopySink.FileSink file = sink.file(name, attributes)) {
      while (true) {
        reader.next();
        if (reader.type() != Protocol.DATA) {
          throw Answers.refused(reader, Answers::file);
        }
        require(reader.stream() == 0, "data of another stream");
        int length = reader.left();
        if (length == 0) {
          file.finish();
          return;
        }
        file.write(reader.payload(), tally.add(length));
      }
    }
  }

  private static boolean isName(byte[] name) {
    if (name.length == 0 || name.length > NAME_LIMIT) {
      return false;
    }
    for (byte b : name) {
      if (b == '/') {
        return false;
      }
    }
    String text = new String(name, StandardCharsets.ISO_8859_1);
    return !text.equals(".") && !text.equals("..");
  }

  private static void require(boolean holds, String what) throws FrameException {
    if (!holds) {
      throw new FrameException(what);
    }
  }
}
