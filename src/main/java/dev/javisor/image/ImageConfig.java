package dev.javisor.image;

import dev.javisor.internal.image.oci.ContainerConfig;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a container image says of how it is to be run.
 *
 * <pre>{@code
 * ImageConfig config = Image.fromDockerArchive(Path.of("nginx.tar")).config();
 * logger.info("it runs {} as {}", config.arguments(), config.user());
 * }</pre>
 *
 * @param entrypoint the program and its first arguments; may be empty
 * @param command further arguments, or all of them where there is no entrypoint; may be empty
 * @param environment variables, in their order
 * @param workingFolder where it runs; empty for the root
 * @param user as whom it runs: {@code name}, {@code uid}, {@code name:group} or {@code uid:gid};
 *     empty for root
 * @param ports which it serves, such as {@code 80/tcp}
 * @param labels what else its maker says
 */
public record ImageConfig(
    List<String> entrypoint,
    List<String> command,
    Map<String, String> environment,
    String workingFolder,
    String user,
    List<String> ports,
    Map<String, String> labels) {
  /** Copies its collections. */
  public ImageConfig {
    entrypoint = List.copyOf(entrypoint);
    command = List.copyOf(command);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    ports = List.copyOf(ports);
    labels = Map.copyOf(labels);
  }

  static ImageConfig of(ContainerConfig config) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (String variable : config.environment()) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        environment.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return new ImageConfig(
        config.entrypoint(),
        config.command(),
        environment,
        config.workingFolder(),
        config.user(),
        config.ports(),
        config.labels());
  }

  /** The program and all of its arguments: the entrypoint, and then the command. */
  public List<String> arguments() {
    return Stream.concat(entrypoint.stream(), command.stream()).toList();
  }
}
