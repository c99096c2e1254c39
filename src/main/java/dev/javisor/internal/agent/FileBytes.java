package dev.javisor.internal.agent;

import dev.javisor.error.GuestFileException;
import dev.javisor.error.GuestFileException.Side;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Keeps one file of a guest in memory. */
final class FileBytes implements CopySink {
  private final String path;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

  /**
   * @param path the file, for messages
   */
  FileBytes(String path) {
    this.path = path;
  }

  byte[] bytes() {
    return kept.toByteArray();
  }

  @Override
  public FileSink file(byte[] name, Attributes attributes) {
    return new FileSink() {
      @Override
      public void write(ByteBuffer bytes, boolean allowed) {
        if (!allowed) {
          throw failure("EFBIG", "it is longer than 64 MiB; copy it by copyOut");
        }
        kept.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
      }

      @Override
      public void finish() {
        // It is all here.
      }

      @Override
      public void close() {
        // It takes no more than memory.
      }
    };
  }

  @Override
  public void link(byte[] name, byte[] target) {
    throw failure("ELOOP", "a link, though links are followed; was it just changed?");
  }

  @Override
  public void enter(byte[] name, Attributes attributes) {
    throw failure("EISDIR", "a folder; copy it by copyOut");
  }

  @Override
  public void leave() {
    throw new IllegalStateException("no folder was entered");
  }

  private GuestFileException failure(String errno, String hint) {
    return new GuestFileException(Side.GUEST, path, errno, hint, null);
  }
}
