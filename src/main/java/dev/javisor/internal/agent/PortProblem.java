package dev.javisor.internal.agent;

import dev.javisor.error.ConfigurationProblem;
import dev.javisor.error.InvalidConfigurationException;
import java.io.IOException;
import java.util.List;

/** Why a port of the host cannot be had. */
record PortProblem(String field, String value, String hint) implements ConfigurationProblem {
  private static final int FIRST_FREE = 1024;

  static InvalidConfigurationException of(int port, IOException cause) {
    String hint =
        port > 0 && port < FIRST_FREE
            ? "ports below 1024 are root's; take a higher one, or 0 for any that is free"
            : "another program has it; take another one, or 0 for any that is free";
    var problem =
        new PortProblem("forward", Integer.toString(port), cause.getMessage() + "; " + hint);
    InvalidConfigurationException failure = new InvalidConfigurationException(List.of(problem));
    failure.addSuppressed(cause);
    return failure;
  }
}
