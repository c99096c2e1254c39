package dev.javisor.internal.net.pcap;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of captured frames: the classic pcap format with nanoseconds, link type Ethernet. Source:
 * draft-ietf-opsawg-pcap. Threading: any thread.
 */
public final class PcapFile implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PcapFile.class);
  private static final int MAGIC_NANOSECONDS = 0xA1B2_3C4D;
  private static final short MAJOR = 2;
  private static final short MINOR = 4;
  private static final int HEADER = 24;
  private static final int RECORD_HEADER = 16;
  private static final int MOST_BYTES = 1 << 18;
  private static final int LINKTYPE_ETHERNET = 1;

  private final Path path;
  private final OutputStream stream;
  private final ByteBuffer recordHeader =
      ByteBuffer.allocate(RECORD_HEADER).order(ByteOrder.LITTLE_ENDIAN);
  private byte[] frame = new byte[2048];
  private boolean over;

  private PcapFile(Path path, OutputStream stream) {
    this.path = path;
    this.stream = stream;
  }

  /** Copies a frame's bytes. */
  @FunctionalInterface
  public interface Source {
    /** Fills the target's first bytes, as many as the frame has. */
    void copyTo(byte[] target, int length);
  }

  /**
   * Makes the file anew.
   *
   * @throws IOException if it cannot be written
   */
  public static PcapFile create(Path path) throws IOException {
    OutputStream stream = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
    ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(MAGIC_NANOSECONDS).putShort(MAJOR).putShort(MINOR).putLong(0);
    header.putInt(MOST_BYTES).putInt(LINKTYPE_ETHERNET);
    try {
      stream.write(header.array());
      stream.flush();
    } catch (IOException e) {
      closeAfter(e, stream);
      throw e;
    }
    return new PcapFile(path, stream);
  }

  private static void closeAfter(IOException failure, OutputStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Writes a frame; one that cannot be written is the last one, and logged. */
  public synchronized void write(int length, Source source) {
    if (over) {
      return;
    }
    if (length > frame.length) {
      frame = new byte[length];
    }
    source.copyTo(frame, length);
    Instant now = Instant.now();
    recordHeader.clear().putInt((int) now.getEpochSecond()).putInt(now.getNano());
    recordHeader.putInt(length).putInt(length);
    try {
      stream.write(recordHeader.array());
      stream.write(frame, 0, length);
    } catch (IOException e) {
      // The network goes on without its recording.
      over = true;
      log.warn("{}: no more frames are written to it", path, e);
    }
  }

  /** Completes it. */
  @Override
  public synchronized void close() {
    over = true;
    try {
      stream.close();
    } catch (IOException e) {
      log.warn("{}: its last frames are lost", path, e);
    }
  }
}
