package dev.javisor.internal.block.file;

import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.sys.DiskFile;
import org.jspecify.annotations.Nullable;

/**
 * A disk's file, open. With direct I/O there is a second, buffered descriptor for requests that are
 * not aligned as direct I/O wants it, so that the kernel does what needs a copy; it keeps the two
 * coherent.
 *
 * <p>Source: open(2), O_DIRECT. Threading: any thread.
 */
final class OpenFile implements FileCalls {
  private final DiskFile buffered;
  private final @Nullable DiskFile direct;
  private final DiskFile.Alignment alignment;

  /**
   * @param buffered the file
   * @param direct the same, open with O_DIRECT
   */
  OpenFile(DiskFile buffered, @Nullable DiskFile direct) {
    this.buffered = buffered;
    this.direct = direct;
    alignment = direct == null ? new DiskFile.Alignment(1, 1) : direct.directAlignment();
  }

  /** What offsets should be aligned to, in bytes. */
  int unit() {
    return alignment.offset();
  }

  @Override
  public long read(IoVector vector, long offset) {
    DiskFile file = file(vector, offset);
    return vector.count() == 1
        ? file.read(vector.hva(0), vector.length(0), offset)
        : file.readVector(vector.address(), vector.count(), offset);
  }

  @Override
  public long write(IoVector vector, long offset) {
    DiskFile file = file(vector, offset);
    return vector.count() == 1
        ? file.write(vector.hva(0), vector.length(0), offset)
        : file.writeVector(vector.address(), vector.count(), offset);
  }

  @Override
  public long writeFrom(long hva, long length, long offset) {
    return buffered.write(hva, length, offset);
  }

  @Override
  public long syncData() {
    return buffered.syncData();
  }

  @Override
  public long allocate(int mode, long offset, long length) {
    return buffered.allocate(mode, offset, length);
  }

  @Override
  public int descriptor(IoVector vector, long offset) {
    return file(vector, offset).number();
  }

  private DiskFile file(IoVector vector, long offset) {
    return direct != null && aligned(vector, offset) ? direct : buffered;
  }

  private boolean aligned(IoVector vector, long offset) {
    long inFile = offset | vector.bytes();
    long inMemory = 0;
    for (int i = 0; i < vector.count(); i++) {
      inMemory |= vector.hva(i) | vector.length(i);
    }
    return (inFile & (alignment.offset() - 1)) == 0 && (inMemory & (alignment.memory() - 1)) == 0;
  }

  @Override
  public void close() {
    if (direct != null) {
      direct.close();
    }
    buffered.close();
  }
}
