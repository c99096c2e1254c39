package dev.javisor.internal.agent;

import dev.javisor.agent.ExitStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The frames of one command: its output comes, its input goes, each within what the receiver has
 * granted.
 *
 * <p>Threading: one thread pumps; any thread sends.
 */
final class ExecSession {
  private static final Logger LOG = LoggerFactory.getLogger(ExecSession.class);

  /** How much of an output stream is granted in advance, in bytes. */
  static final int WINDOW = 256 << 10;

  static final int STDIN = 0;
  static final int STDOUT = 1;
  static final int STDERR = 2;
  private static final int LAST_SIGNAL = 64;
  private static final int LAST_CODE = 255;
  private static final int SMALL = 64;

  private final FrameReader reader;
  private final FrameWriter writer;
  private final ReentrantLock writing = new ReentrantLock();
  private final AtomicLongArray granted = new AtomicLongArray(3);
  private final boolean[] ended = new boolean[3];
  private final StdinFeed stdin;

  /** Takes what the command prints. */
  interface Output {
    /**
     * Takes a piece.
     *
     * @param stream {@link #STDOUT} or {@link #STDERR}
     * @param bytes valid during the call
     */
    void accept(int stream, ByteBuffer bytes);

    /** There is no more of a stream. */
    void ended(int stream);
  }

  ExecSession(Call call, StdinFeed stdin) {
    reader = call.reader();
    writer = new FrameWriter(call.channel(), SMALL);
    this.stdin = stdin;
  }

  /**
   * Sends the request and waits for its start.
   *
   * @return the process id
   */
  long start(ExecRequest request, List<String> argv) throws IOException {
    request.write(writer);
    long pid =
        Answers.started(reader, (errno, stage, what) -> Answers.exec(argv, errno, stage, what));
    credit(STDOUT, WINDOW);
    credit(STDERR, WINDOW);
    stdin.begin(this);
    return pid;
  }

  /**
   * Passes output on until the command ends.
   *
   * @return how it ended
   */
  ExitStatus pump(Output output) throws IOException {
    while (true) {
      reader.next();
      switch (reader.type()) {
        case Protocol.DATA -> data(output);
        case Protocol.CREDIT -> grant();
        case Protocol.EXIT -> {
          return exit();
        }
        default -> throw Answers.refused(reader, Answers::unexpected);
      }
    }
  }

  private void data(Output output) throws IOException {
    int stream = reader.stream();
    if (stream != STDOUT && stream != STDERR || ended[stream]) {
      throw new FrameException("output of stream %d, which is none".formatted(stream));
    }
    int length = reader.left();
    if (length == 0) {
      ended[stream] = true;
      output.ended(stream);
    } else if (granted.addAndGet(stream, -length) < 0) {
      throw new FrameException("more output than it was granted");
    } else {
      output.accept(stream, reader.payload());
    }
  }

  private void grant() throws IOException {
    if (reader.stream() != STDIN) {
      throw new FrameException("a grant for stream %d".formatted(reader.stream()));
    }
    long bytes = reader.u32();
    reader.end();
    stdin.grant(bytes);
  }

  private ExitStatus exit() throws IOException {
    long kind = reader.u32();
    long value = reader.u32();
    boolean core = reader.u32() != 0;
    reader.end();
    if (kind == 0 && value <= LAST_CODE) {
      return new ExitStatus.Exited((int) value);
    }
    if (kind == 1 && value > 0 && value <= LAST_SIGNAL) {
      return new ExitStatus.Signaled((int) value, core);
    }
    throw new FrameException("an end of kind %d and value %d".formatted(kind, value));
  }

  /** Allows the command to print more. If it has ended meanwhile, what comes says how. */
  void credit(int stream, int bytes) {
    granted.addAndGet(stream, bytes);
    writing.lock();
    try {
      writer.begin(Protocol.CREDIT, stream).u32(bytes).send();
    } catch (IOException e) {
      LOG.debug("nothing is granted any more", e);
    } finally {
      writing.unlock();
    }
  }

  /** Sends input that has been granted; nothing at all ends the input. */
  void input(byte[] bytes, int offset, int length) throws IOException {
    writing.lock();
    try {
      writer.begin(Protocol.DATA, STDIN).bytes(bytes, offset, length).send();
    } finally {
      writing.unlock();
    }
  }

  void signal(int number) throws IOException {
    writing.lock();
    try {
      writer.begin(Protocol.SIGNAL, 0).u32(number).send();
    } finally {
      writing.unlock();
    }
  }

  void resize(int cols, int rows) throws IOException {
    writing.lock();
    try {
      writer.begin(Protocol.RESIZE, 0).u16(cols).u16(rows).send();
    } finally {
      writing.unlock();
    }
  }
}
