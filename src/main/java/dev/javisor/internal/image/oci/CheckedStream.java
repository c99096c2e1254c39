package dev.javisor.internal.image.oci;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Makes out the digest of what is read through it, and refuses to read for ever. */
final class CheckedStream extends FilterInputStream {
  private static final int REPORT = 1 << 20;

  private final String expected;
  private final @Nullable Digest digest;
  private final @Nullable MessageDigest sum;
  private final long most;
  private final LongConsumer listener;
  private long count;
  private long reported;

  /**
   * @param expected the digest, or empty if it need not have any
   * @param most bytes that may be read
   * @param listener told now and then how many were
   * @throws IOException if it is no digest
   */
  CheckedStream(InputStream in, String expected, long most, LongConsumer listener)
      throws IOException {
    super(in);
    this.expected = expected;
    digest = expected.isEmpty() ? null : Digest.parse(expected);
    sum = digest == null ? null : digest.newSum();
    this.most = most;
    this.listener = listener;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int n = in.read(target, offset, length);
    if (n > 0) {
      count += n;
      if (sum != null) {
        sum.update(target, offset, n);
      }
      if (count > most) {
        throw new IOException("it has more than %d bytes".formatted(most));
      }
      if (count - reported >= REPORT) {
        reported = count;
        listener.accept(count);
      }
    }
    return n;
  }

  @Override
  public long skip(long bytes) throws IOException {
    // What is skipped counts for the digest, too.
    return Math.max(0, read(new byte[(int) Math.min(bytes, 1 << 16)]));
  }

  @Override
  public int available() throws IOException {
    return in.available();
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /**
   * Reads to the end, and compares.
   *
   * @param what was read, for the message
   */
  void finish(String what) throws IOException {
    byte[] rest = new byte[1 << 16];
    while (read(rest) >= 0) {}
    listener.accept(count);
    if (digest != null && sum != null && !digest.matches(sum)) {
      throw new IOException("%s does not have the digest %s".formatted(what, expected));
    }
  }
}
