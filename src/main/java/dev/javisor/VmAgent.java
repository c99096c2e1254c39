package dev.javisor;

import dev.javisor.agent.Agent;
import dev.javisor.internal.agent.AgentChannel;
import dev.javisor.internal.agent.AgentClient;
import dev.javisor.internal.agent.AgentPresence;
import dev.javisor.internal.agent.AgentSettings;
import dev.javisor.internal.agent.Protocol;
import dev.javisor.internal.machine.MachineVsock;
import dev.javisor.internal.vsock.VsockConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent of one machine, as the host sees it: reached by vsock, and heard of by its own
 * connection.
 */
final class VmAgent {
  private static final Logger LOG = LoggerFactory.getLogger(VmAgent.class);

  private final MachineVsock sockets;
  private final AgentPresence presence;
  private final AgentClient client;

  /**
   * Listens for the agent from now on.
   *
   * @param multiplier what times are multiplied by
   * @param running tells when the machine runs
   */
  VmAgent(MachineVsock sockets, double multiplier, RunningTime running) {
    this.sockets = sockets;
    AgentSettings settings = AgentSettings.withMultiplier(multiplier);
    ThreadFactory threads = body -> sockets.newThread("agent", body);
    presence = new AgentPresence(settings, running::nanos, threads);
    client = new AgentClient(this::open, presence, settings, threads);
    boolean first = sockets.hub().listen(Protocol.HOST_PORT, this::hello);
    if (!first) {
      throw new IllegalStateException(
          "the agent's port has a listener before the machine is built");
    }
  }

  Agent api() {
    return client;
  }

  /** The guest has ended; nothing of it comes back. */
  void end(String why) {
    client.end(why);
  }

  private AgentChannel open(Duration timeout) throws IOException {
    VsockConnection connection = sockets.hub().connect(Protocol.AGENT_PORT);
    connection.awaitOpen(timeout.toNanos());
    return new VsockAgentChannel(connection);
  }

  /** Called by the device's worker. */
  private boolean hello(VsockConnection connection) {
    if (connection.guestPort() != Protocol.HELLO_PORT) {
      // Not the guest's root.
      return false;
    }
    Thread thread = sockets.newThread("agent-hello", () -> serve(connection));
    connection.accept();
    thread.start();
    return true;
  }

  private void serve(VsockConnection connection) {
    try {
      presence.serve(new VsockAgentChannel(connection));
    } catch (IOException e) {
      LOG.debug("{}: the agent's connection has ended", connection, e);
    }
  }
}
