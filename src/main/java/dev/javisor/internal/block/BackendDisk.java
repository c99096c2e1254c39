package dev.javisor.internal.block;

import dev.javisor.backend.BlockBackend;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A user's Java code as a disk. */
public final class BackendDisk implements Disk {
  private static final Logger log = LoggerFactory.getLogger(BackendDisk.class);

  private static final long FLUSH_PATIENCE = TimeUnit.SECONDS.toNanos(30);

  private final String name;
  private final BlockBackend backend;
  private final long size;
  private final int blockSize;
  private final boolean readOnly;
  private final boolean discards;
  private final FaultLog faults;

  /**
   * @param name of the disk, for logs
   * @param readOnly whether the guest may only read, whatever the backend can do
   * @throws IllegalArgumentException if what the backend says of itself makes no disk
   */
  public BackendDisk(String name, BlockBackend backend, boolean readOnly) {
    this.name = name;
    this.backend = backend;
    size = backend.size();
    blockSize = backend.blockSize();
    this.readOnly = readOnly || backend.readOnly();
    discards = backend.discards();
    faults = new FaultLog(log, name, System::nanoTime);
    if (size < 512 || size % 512 != 0) {
      throw new IllegalArgumentException(
          "its size is %d; expected a multiple of 512, and not 0".formatted(size));
    }
    if (Integer.bitCount(blockSize) != 1 || blockSize < 512 || blockSize > 65536) {
      throw new IllegalArgumentException(
          "its block size is %d; expected a power of two, 512 to 65536".formatted(blockSize));
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int logicalBlockSize() {
    return size % blockSize == 0 ? blockSize : 512;
  }

  @Override
  public int physicalBlockSize() {
    return blockSize;
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public boolean discards() {
    return discards && !readOnly;
  }

  @Override
  public String description() {
    return backend.description();
  }

  @Override
  public DiskQueue open(String name, int depth, DiskWaker waker) {
    return new BackendQueue(backend, waker, faults);
  }

  @Override
  public void flush() {
    String wrong = readOnly ? null : new FinalFlush().run(backend, FLUSH_PATIENCE);
    if (wrong != null) {
      log.error("{}: what was written last may be lost: its last flush: {}", name, wrong);
    }
  }

  @Override
  public void close() {
    // The backend belongs to the user.
  }
}
