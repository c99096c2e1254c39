package dev.javisor.internal.agent;

import static dev.javisor.internal.agent.ExecSession.STDERR;
import static dev.javisor.internal.agent.ExecSession.STDOUT;
import static java.util.Objects.requireNonNull;

import dev.javisor.error.OutputLimitException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what a command prints, up to a limit. */
final class CollectedOutput implements ExecSession.Output {
  private static final int BATCH = ExecSession.WINDOW / 4;

  private final List<String> argv;
  private final long limit;
  private final ByteArrayOutputStream[] kept = {
    new ByteArrayOutputStream(0), new ByteArrayOutputStream(), new ByteArrayOutputStream()
  };
  private final int[] owed = new int[kept.length];
  private @Nullable ExecSession session;

  /**
   * @param limit of each stream, in bytes
   */
  CollectedOutput(List<String> argv, long limit) {
    this.argv = argv;
    this.limit = limit;
  }

  void begin(ExecSession session) {
    this.session = session;
  }

  @Override
  public void accept(int stream, ByteBuffer bytes) {
    int length = bytes.remaining();
    int fits = (int) Math.min(length, limit - kept[stream].size());
    kept[stream].write(bytes.array(), bytes.arrayOffset() + bytes.position(), fits);
    if (fits < length) {
      String name = stream == STDOUT ? "stdout" : "stderr";
      throw new OutputLimitException(argv, name, limit, stdout(), stderr());
    }
    owed[stream] += length;
    if (owed[stream] >= BATCH) {
      requireNonNull(session).credit(stream, owed[stream]);
      owed[stream] = 0;
    }
  }

  @Override
  public void ended(int stream) {
    // Its bytes are here.
  }

  byte[] stdout() {
    return kept[STDOUT].toByteArray();
  }

  byte[] stderr() {
    return kept[STDERR].toByteArray();
  }
}
