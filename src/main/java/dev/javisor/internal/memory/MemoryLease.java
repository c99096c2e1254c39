package dev.javisor.internal.memory;

import java.nio.ByteBuffer;

/**
 * Guest bytes that someone outside the machine holds as a buffer. Until the lease ends, or its
 * buffer is unreachable, the address range stays mapped: after the machine's end the buffer reads
 * zeros, and what is written to it is lost.
 *
 * <p>Threading: any thread.
 */
public interface MemoryLease extends AutoCloseable {
  /** The bytes, little-endian. Not to be used after {@link #close()}. */
  ByteBuffer bytes();

  /** Ends the lease; later calls do nothing. */
  @Override
  void close();
}
