package dev.javisor.internal.agent;

import java.io.IOException;
import java.nio.channels.ByteChannel;

/**
 * A blocking connection with the agent. A write writes all of its buffer.
 *
 * <p>Threading: one thread that reads and one that writes at a time. A close by any thread, and an
 * interrupt, end both with an {@link java.nio.channels.AsynchronousCloseException} or another
 * IOException; a close does not block.
 */
public interface AgentChannel extends ByteChannel {
  /** Writes no more; the agent sees the end after what was written. */
  void shutdownOutput() throws IOException;
}
