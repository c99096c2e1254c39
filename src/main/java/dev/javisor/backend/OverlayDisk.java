package dev.javisor.backend;

import dev.javisor.internal.sys.DiskFile;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.NativeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * A file that is only read, and above it a nameless one with what was written. Which of the two has
 * a block is a bit each.
 */
final class OverlayDisk implements BlockBackend {
  private static final int BLOCK = 4096;

  private final Path path;
  private final DiskFile base;
  private final DiskFile top;
  private final long size;
  private final AtomicIntegerArray written;

  private OverlayDisk(Path path, DiskFile base, DiskFile top, long size) {
    this.path = path;
    this.base = base;
    this.top = top;
    this.size = size;
    written = new AtomicIntegerArray((int) ((size / BLOCK + 32) / 32));
  }

  static OverlayDisk over(Path path) {
    try {
      DiskFile base = DiskFile.openDisk(path, Fd.O_RDONLY | DiskFile.O_NONBLOCK);
      try {
        long size = check(path, base);
        return new OverlayDisk(path, base, temporary(size), size);
      } catch (RuntimeException | IOException e) {
        base.close();
        throw e;
      }
    } catch (NativeException | IOException e) {
      throw new UncheckedIOException(e instanceof IOException io ? io : new IOException(e));
    }
  }

  private static long check(Path path, DiskFile base) throws IOException {
    if (base.kind() != DiskFile.Kind.FILE && base.kind() != DiskFile.Kind.BLOCK_DEVICE) {
      throw new IOException(path + " is neither a file nor a block device");
    }
    long size = base.diskSize();
    if (size == 0 || size % 512 != 0) {
      throw new IllegalArgumentException(
          "%s has %d bytes; expected a multiple of 512, and not 0".formatted(path, size));
    }
    if (size > 1L << 44) {
      throw new IllegalArgumentException("%s has %d bytes, more than 16 TiB".formatted(path, size));
    }
    if (base.lock(false) < 0) {
      throw new IOException(path + " is locked: a machine uses it as a disk that can be written");
    }
    return size;
  }

  private static DiskFile temporary(long size) throws IOException {
    Path file = Files.createTempFile("javisor-overlay-", "");
    try {
      DiskFile top = DiskFile.openDisk(file, Fd.O_RDWR);
      try {
        top.truncate(size);
      } catch (RuntimeException e) {
        top.close();
        throw e;
      }
      return top;
    } finally {
      Files.deleteIfExists(file);
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int blockSize() {
    return 512;
  }

  @Override
  public boolean discards() {
    return true;
  }

  @Override
  public String description() {
    return "throwaway overlay over " + path;
  }

  @Override
  public void close() {
    top.close();
    base.close();
  }

  @Override
  public void submit(BlockRequest request) {
    try {
      switch (request.operation()) {
        case READ -> read(request);
        case WRITE -> write(request);
        // Nothing here has to outlive the process.
        case FLUSH, DISCARD -> {}
        case WRITE_ZEROES -> zero(request.offset(), request.length());
      }
    } catch (IOException | NativeException e) {
      request.fail(e);
      return;
    }
    request.complete(BlockStatus.OK);
  }

  private void read(BlockRequest request) throws IOException {
    long at = request.offset();
    for (int i = 0; i < request.bufferCount(); i++) {
      ByteBuffer buffer = request.buffer(i);
      while (buffer.hasRemaining()) {
        int run = run(at, buffer.remaining());
        ByteBuffer part = buffer.slice(buffer.position(), run);
        transferred((isWritten(at / BLOCK) ? top : base).readFully(part, at), run, "read");
        buffer.position(buffer.position() + run);
        at += run;
      }
    }
  }

  /** How many bytes from here on are in the same file. */
  private int run(long at, int most) {
    boolean here = isWritten(at / BLOCK);
    long end = (at / BLOCK + 1) * BLOCK;
    while (end < at + most && isWritten(end / BLOCK) == here) {
      end += BLOCK;
    }
    return (int) Math.min(end - at, most);
  }

  private void write(BlockRequest request) throws IOException {
    prepareEdges(request.offset(), request.length());
    long at = request.offset();
    for (int i = 0; i < request.bufferCount(); i++) {
      ByteBuffer buffer = request.buffer(i);
      transferred(top.writeFully(buffer, at), buffer.remaining(), "write");
      at += buffer.remaining();
    }
    markWritten(request.offset(), request.length());
  }

  private void zero(long offset, long length) throws IOException {
    prepareEdges(offset, length);
    long result = top.allocate(DiskFile.PUNCH_HOLE | DiskFile.KEEP_SIZE, offset, length);
    if (result < 0) {
      writeZeros(offset, length);
    }
    markWritten(offset, length);
  }

  private void writeZeros(long offset, long length) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(length, 1 << 20));
    for (long at = offset; at < offset + length; at += zeros.remaining()) {
      zeros.limit((int) Math.min(zeros.capacity(), offset + length - at));
      transferred(top.writeFully(zeros, at), zeros.remaining(), "write");
    }
  }

  /** Copies up the blocks of which only a part is about to be written. */
  private void prepareEdges(long offset, long length) throws IOException {
    if (offset % BLOCK != 0) {
      copyUp(offset / BLOCK);
    }
    if ((offset + length) % BLOCK != 0) {
      copyUp((offset + length) / BLOCK);
    }
  }

  /** One at a time, so that a copy never undoes what another queue wrote to the same block. */
  private synchronized void copyUp(long block) throws IOException {
    if (isWritten(block)) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.allocateDirect(BLOCK);
    long start = block * BLOCK;
    bytes.limit((int) Math.min(BLOCK, size - start));
    transferred(base.readFully(bytes, start), bytes.remaining(), "read");
    transferred(top.writeFully(bytes, start), bytes.remaining(), "write");
    mark(block);
  }

  private void transferred(long result, int wanted, String what) throws IOException {
    if (result < 0) {
      throw new IOException(
          "%s: %s failed with %s".formatted(description(), what, Errno.name((int) -result)));
    }
    if (result < wanted) {
      throw new IOException(path + " has become shorter");
    }
  }

  private boolean isWritten(long block) {
    return (written.get((int) (block >>> 5)) & 1 << block) != 0;
  }

  private void markWritten(long offset, long length) {
    for (long block = offset / BLOCK; block * BLOCK < offset + length; block++) {
      mark(block);
    }
  }

  private void mark(long block) {
    written.accumulateAndGet((int) (block >>> 5), 1 << block, (a, b) -> a | b);
  }
}
