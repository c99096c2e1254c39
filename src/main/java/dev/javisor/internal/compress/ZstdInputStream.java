package dev.javisor.internal.compress;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Decodes Zstandard (RFC 8878): frames one after the other, skippable ones left out. What follows
 * the last frame is ignored.
 *
 * <p>Not modelled: dictionaries, and the checksum of the content, since everything that is read
 * here was verified as a whole.
 */
final class ZstdInputStream extends InputStream {
  private static final int MAGIC = 0xfd2fb528;
  private static final int SKIPPABLE = 0x184d2a50;
  private static final int MAX_BLOCK = 128 << 10;
  private static final long MAX_WINDOW = 128 << 20;

  private final InputStream in;
  private final byte[] block = new byte[MAX_BLOCK + ReverseBits.SLACK];
  private @Nullable Frame frame;
  private boolean lastBlock;
  private boolean ended;

  private record Frame(
      ZstdWindow window,
      ZstdLiterals literals,
      ZstdSequences sequences,
      int maxBlock,
      boolean checksum) {}

  ZstdInputStream(InputStream in) throws IOException {
    this.in = in;
    if (!nextFrame()) {
      throw new IOException("no Zstandard frame");
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] b, int off, int len) throws IOException {
    if (len == 0) {
      return 0;
    }
    while (!ended) {
      if (frame == null) {
        ended = !nextFrame();
        continue;
      }
      int n = frame.window().read(b, off, len);
      if (n > 0) {
        return n;
      }
      readBlock(frame);
    }
    return -1;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private void readBlock(Frame current) throws IOException {
    if (lastBlock) {
      if (current.checksum()) {
        number(4);
      }
      frame = null;
      return;
    }
    int header = (int) number(3);
    lastBlock = (header & 1) != 0;
    int size = header >> 3;
    int type = header >> 1 & 3;
    if (type == 3 || size > (type == 1 ? MAX_BLOCK : current.maxBlock())) {
      throw new IOException(
          "damaged Zstandard data: a block of type %d, size %d".formatted(type, size));
    }
    ZstdWindow window = current.window();
    window.makeRoom(current.maxBlock());
    if (type == 1) {
      window.fill((byte) number(1), size);
      return;
    }
    if (in.readNBytes(block, 0, size) != size) {
      throw new EOFException("Zstandard data ends early");
    }
    if (type == 0) {
      window.literals(block, 0, size);
    } else {
      int sequences = current.literals().decode(block, size);
      current.sequences().decode(block, sequences, size, current.literals(), window);
    }
  }

  private boolean nextFrame() throws IOException {
    while (true) {
      byte[] magic = in.readNBytes(4);
      int number = magic.length < 4 ? 0 : (int) little(magic);
      if ((number & 0xfffffff0) == SKIPPABLE) {
        in.skipNBytes(number(4));
      } else if (number == MAGIC) {
        frame = readHeader();
        lastBlock = false;
        return true;
      } else {
        return false;
      }
    }
  }

  private Frame readHeader() throws IOException {
    int descriptor = (int) number(1);
    boolean single = (descriptor & 0x20) != 0;
    long window = single ? 0 : windowSize((int) number(1));
    int[] dictionaryBytes = {0, 1, 2, 4};
    if (number(dictionaryBytes[descriptor & 3]) != 0) {
      throw new IOException("Zstandard data that needs a dictionary");
    }
    int sizeFlag = descriptor >> 6 & 3;
    long content = number(sizeFlag == 0 ? (single ? 1 : 0) : 1 << sizeFlag);
    if (single) {
      window = sizeFlag == 1 ? content + 256 : content;
    }
    if ((descriptor & 8) != 0 || window > MAX_WINDOW || window < 0) {
      throw new IOException("Zstandard data with a window of %d bytes".formatted(window));
    }
    return new Frame(
        new ZstdWindow((int) window),
        new ZstdLiterals(),
        new ZstdSequences(),
        (int) Math.min(Math.max(window, 1), MAX_BLOCK),
        (descriptor & 4) != 0);
  }

  private static long windowSize(int descriptor) {
    long base = 1L << (10 + (descriptor >> 3));
    return base + base / 8 * (descriptor & 7);
  }

  private long number(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("Zstandard data ends early");
    }
    return little(bytes);
  }

  private static long little(byte[] bytes) {
    long number = 0;
    for (int i = 0; i < bytes.length; i++) {
      number |= (bytes[i] & 0xffL) << (8 * i);
    }
    return number;
  }
}
