package dev.javisor.internal.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;

/** Where a copy out of the guest goes. Names are checked: one step, empty for the root only. */
interface CopySink {
  /**
   * What an entry has besides its name.
   *
   * @param mode permissions, 0 to 0777
   * @param seconds of its last change, since 1970, as the guest says
   * @param nanos and 0 to 999 999 999 of these
   */
  record Attributes(int mode, long seconds, int nanos) {
    private static final long FIRST = -(1L << 31);
    private static final long LAST = (1L << 34) - 1 + FIRST;

    /** The time, within what file systems keep. */
    Instant time() {
      return Instant.ofEpochSecond(Math.max(FIRST, Math.min(LAST, seconds)), nanos);
    }
  }

  /** Takes a file's bytes; what is not finished is taken back by the close. */
  interface FileSink extends AutoCloseable {
    /**
     * Takes some.
     *
     * @param allowed whether they are within the copy's limit
     */
    void write(ByteBuffer bytes, boolean allowed) throws IOException;

    /** These were all. */
    void finish() throws IOException;

    @Override
    void close() throws IOException;
  }

  FileSink file(byte[] name, Attributes attributes) throws IOException;

  void link(byte[] name, byte[] target) throws IOException;

  /** What follows is in this folder. */
  void enter(byte[] name, Attributes attributes) throws IOException;

  /** What follows is in the folder above. */
  void leave() throws IOException;
}
