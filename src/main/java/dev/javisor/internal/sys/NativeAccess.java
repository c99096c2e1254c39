package dev.javisor.internal.sys;

import java.nio.ByteBuffer;

/**
 * Everything that Javisor needs from native code, and nothing more, so that another implementation
 * (the foreign-function API of newer JDKs) can take JNA's place at run time.
 *
 * <p>Threading: all methods may be called from any thread, at once.
 */
interface NativeAccess {
  /**
   * Makes a system call of at most three arguments.
   *
   * @return what the call returned, or the negated errno, as the kernel itself would have it
   */
  long call(long number, long a, long b, long c);

  /** Makes a system call of at most six arguments; result as in {@link #call}. */
  long call6(long number, long a, long b, long c, long d, long e, long f);

  /**
   * Reads from a file at an offset: pread(2). Result as in {@link #call}. What can go by {@link
   * #call6} too is here since it is most of what a disk does, and arguments cost.
   */
  long pread(int descriptor, long hva, long length, long offset);

  /** Writes to a file at an offset: pwrite(2). Result as in {@link #call}. */
  long pwrite(int descriptor, long hva, long length, long offset);

  /**
   * A buffer over memory at a host virtual address, in native byte order. Nobody checks that it is
   * mapped, or stays so: an access to unmapped memory ends the JVM.
   *
   * @param length bytes, at most {@link Integer#MAX_VALUE}
   */
  ByteBuffer view(long hva, int length);

  /** The host virtual address of a direct buffer's first byte, whatever its position. */
  long addressOf(ByteBuffer direct);
}
