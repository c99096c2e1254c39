package dev.javisor;

import dev.javisor.agent.Agent;
import dev.javisor.error.AgentException;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Something that the agent in the guest finds out.
 *
 * @param description what is waited for
 * @param longestTry the longest that one look may take
 * @param look asks the agent
 */
record AgentCondition(String description, Duration longestTry, Look look) implements WaitCondition {
  /** How the agent is asked. */
  @FunctionalInterface
  interface Look {
    /**
     * Asks the agent.
     *
     * @param agent is there
     * @return why the condition does not hold, or null if it does
     * @throws IOException if a connection fails
     * @throws InterruptedException if the thread is interrupted
     */
    @Nullable String ask(Agent agent, Duration limit) throws IOException, InterruptedException;
  }

  @Override
  public @Nullable String hindrance(VirtualMachine vm) {
    Agent agent = agent(vm);
    if (agent.ready()) {
      return null;
    }
    try {
      // Tells why, and waits for nothing.
      agent.awaitReady(Duration.ofNanos(1));
      return null;
    } catch (AgentException e) {
      return e.reason() == AgentException.Reason.NOT_PRESENT
          ? "the agent is not there"
          : String.valueOf(e.getMessage());
    } catch (InterruptedException e) {
      // The wait itself ends by it.
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  private static Agent agent(VirtualMachine vm) {
    try {
      return vm.agent();
    } catch (IllegalStateException e) {
      throw new AgentException(
          AgentException.Reason.NOT_PRESENT,
          "VM %s was built without a guest agent, which this wait needs: call builder.agent()"
              .formatted(vm.name()),
          e);
    }
  }

  @Override
  public @Nullable String tryOnce(VirtualMachine vm, Duration limit) throws InterruptedException {
    try {
      return look.ask(vm.agent(), limit);
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Override
  public boolean outlivesTheGuest() {
    return false;
  }
}
