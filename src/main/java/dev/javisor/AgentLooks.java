package dev.javisor;

import dev.javisor.agent.ExecResult;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** The conditions that the guest's agent finds out. */
final class AgentLooks {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final Duration HTTP_LIMIT = Duration.ofSeconds(20);
  private static final Duration COMMAND_LIMIT = Duration.ofMinutes(1);
  private static final int SHOWN = 300;

  private AgentLooks() {}

  /** The agent is there. */
  static WaitCondition agent() {
    return new AgentCondition("the guest's agent is there", CONNECT_LIMIT, (agent, limit) -> null);
  }

  /** Somebody listens on the TCP port. */
  static WaitCondition port(int port) {
    return new AgentCondition(
        "TCP port %d of the guest accepts connections".formatted(checked(port)),
        CONNECT_LIMIT,
        (agent, limit) -> {
          agent.connect(port, limit).close();
          return null;
        });
  }

  /**
   * An HTTP server answers.
   *
   * @param path with the query, if any
   */
  static WaitCondition http(int port, String path, int status) {
    return new AgentCondition(
        "HTTP port %d of the guest answers GET %s by status %d"
            .formatted(checked(port), HttpProbe.checked(path), status),
        HTTP_LIMIT,
        (agent, limit) -> {
          try (ByteChannel channel = agent.connect(port, limit)) {
            int answer = HttpProbe.status(channel, path);
            return answer == status ? null : "its status is " + answer;
          }
        });
  }

  /** A command ends by exit status 0. */
  static WaitCondition command(String... argv) {
    if (argv.length == 0) {
      throw new IllegalArgumentException("no command to wait for");
    }
    List<String> words = List.copyOf(Arrays.asList(argv));
    return new AgentCondition(
        "the command " + words + " succeeds in the guest",
        COMMAND_LIMIT,
        (agent, limit) -> {
          ExecResult result = agent.command(words.toArray(new String[0])).timeout(limit).run();
          return result.exitCode() == 0 ? null : describe(result);
        });
  }

  private static String describe(ExecResult result) {
    String said = (result.stderr().isBlank() ? result.stdout() : result.stderr()).strip();
    String shown = said.substring(Math.max(0, said.length() - SHOWN));
    return result.status() + (shown.isEmpty() ? "" : ": " + shown);
  }

  private static int checked(int port) {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port " + port + ": expected 1 to 65535");
    }
    return port;
  }
}
