package dev.javisor.internal.block.file;

import dev.javisor.internal.block.Disk;
import dev.javisor.internal.block.DiskQueue;
import dev.javisor.internal.block.DiskWaker;
import dev.javisor.internal.block.FaultLog;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.IoUring;
import dev.javisor.internal.sys.NativeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file or block device as a disk. Locked until it is closed. */
final class FileDisk implements Disk {
  private static final Logger log = LoggerFactory.getLogger(FileDisk.class);

  private final DiskSpec spec;
  private final FileCalls file;
  private final Shape shape;
  private final boolean ioUring;
  private final FaultLog faults;

  /**
   * What the file is like.
   *
   * @param size in bytes
   * @param logicalBlock in bytes
   * @param physicalBlock in bytes
   * @param holes whether space can be given back
   */
  record Shape(long size, int logicalBlock, int physicalBlock, boolean holes) {}

  FileDisk(DiskSpec spec, FileCalls file, Shape shape, boolean ioUring) {
    this.spec = spec;
    this.file = file;
    this.shape = shape;
    this.ioUring = ioUring;
    faults = new FaultLog(log, spec.id() + " (" + spec.path() + ")", System::nanoTime);
  }

  @Override
  public long size() {
    return shape.size();
  }

  @Override
  public int logicalBlockSize() {
    return shape.logicalBlock();
  }

  @Override
  public int physicalBlockSize() {
    return shape.physicalBlock();
  }

  @Override
  public boolean readOnly() {
    return spec.readOnly();
  }

  @Override
  public boolean discards() {
    return !spec.readOnly() && shape.holes();
  }

  @Override
  public String description() {
    return "%s, %d bytes, %s, %s, by %s"
        .formatted(
            spec.path(),
            shape.size(),
            spec.readOnly() ? "read-only" : "read-write",
            spec.direct() ? "direct" : "through the page cache",
            ioUring ? "io_uring" : "preadv and pwritev");
  }

  @Override
  public DiskQueue open(String name, int depth, DiskWaker waker) {
    FileRequests requests = new FileRequests(file, faults);
    if (!ioUring) {
      return new SyncQueue(requests);
    }
    if (waker.descriptor() < 0) {
      log.info("{}: its worker waits for no descriptor; preadv and pwritev take over", name);
      return new SyncQueue(requests);
    }
    try {
      IoUring ring = IoUring.create(depth, name);
      ring.signalTo(waker.descriptor());
      return new UringQueue(ring, file, requests, waker, depth);
    } catch (NativeException e) {
      // It worked when the disk was opened, so this is a shortage; the disk works all the same.
      log.warn("{}: no io_uring ({}); preadv and pwritev take over", name, e.getMessage());
      return new SyncQueue(requests);
    }
  }

  @Override
  public void flush() {
    long result = spec.readOnly() ? 0 : FileRequests.sync(file);
    if (result < 0) {
      log.error(
          "{} ({}): what was written last may be lost: fdatasync failed with {}",
          spec.id(),
          spec.path(),
          Errno.name((int) -result));
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
