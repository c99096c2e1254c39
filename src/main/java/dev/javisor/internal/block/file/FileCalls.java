package dev.javisor.internal.block.file;

import dev.javisor.internal.memory.IoVector;

/**
 * The system calls that carry out a disk's requests: the seam at which tests let them fail.
 *
 * <p>All return what the call did, or the negated errno. Threading: any thread.
 */
interface FileCalls extends AutoCloseable {
  /** preadv; returns the bytes read, 0 at the file's end. */
  long read(IoVector vector, long offset);

  /** pwritev; returns the bytes written. */
  long write(IoVector vector, long offset);

  /** pwrite from host memory that is not the guest's; returns the bytes written. */
  long writeFrom(long hva, long length, long offset);

  /** fdatasync. */
  long syncData();

  /**
   * fallocate.
   *
   * @param mode as {@link dev.javisor.internal.sys.DiskFile} names it
   */
  long allocate(int mode, long offset, long length);

  /** The descriptor for reads and writes of this kind, for io_uring. */
  int descriptor(IoVector vector, long offset);

  /** Gives the file and its lock back. */
  @Override
  void close();
}
