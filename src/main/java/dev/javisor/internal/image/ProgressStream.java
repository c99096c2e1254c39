package dev.javisor.internal.image;

import dev.javisor.internal.image.tree.Progress;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Tells how much was read through it. */
final class ProgressStream extends FilterInputStream {
  private static final int REPORT = 1 << 20;

  private final long total;
  private final Progress progress;
  private long count;
  private long reported;

  ProgressStream(InputStream in, long total, Progress progress) {
    super(in);
    this.total = total;
    this.progress = progress;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int n = in.read(target, offset, length);
    count += Math.max(n, 0);
    if (count - reported >= REPORT || n < 0) {
      reported = count;
      progress.bytes(count, total);
    }
    return n;
  }
}
