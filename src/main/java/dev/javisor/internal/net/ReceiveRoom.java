package dev.javisor.internal.net;

import dev.javisor.internal.memory.IoVector;
import java.nio.ByteBuffer;

/** Guest buffers that wait for frames. All RAM. Threading: one thread at a time. */
public interface ReceiveRoom {
  /** The bytes of all buffers together. */
  long bytes();

  /** The buffers, for a system call that fills them. */
  IoVector vector();

  /**
   * Copies bytes into the buffers, as though they were one.
   *
   * @param offset where to start in them, in bytes
   * @param source all that remains of it; there is room
   */
  void write(long offset, ByteBuffer source);
}
