package dev.javisor.internal.virtio;

import dev.javisor.internal.memory.IoVector;

/** Where random bytes come from. Threading: one thread at a time. */
public interface EntropySource extends AutoCloseable {
  /** What {@link #fill} returns if there will be no more bytes. */
  int FAILED = -1;

  /**
   * Puts random bytes into guest memory, from the vector's beginning on. Does not block.
   *
   * @return how many; 0 if there are none just now; {@link #FAILED} if there will be none, and why
   *     is logged
   */
  int fill(IoVector target);

  /** Gives the host's resources back. */
  @Override
  void close();
}
