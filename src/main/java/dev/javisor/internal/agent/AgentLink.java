package dev.javisor.internal.agent;

import java.io.IOException;
import java.time.Duration;

/** Makes connections to the agent: over vsock to a guest, over a Unix socket in tests. */
@FunctionalInterface
public interface AgentLink {
  /**
   * Connects to the agent.
   *
   * @param timeout how long to wait for its answer, positive
   * @throws IOException if it cannot; a thread's interrupt ends it as a {@link
   *     java.nio.channels.ClosedByInterruptException}
   */
  AgentChannel open(Duration timeout) throws IOException;
}
