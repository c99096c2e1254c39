package dev.javisor.internal.image.oci;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What an image says of itself.
 *
 * <p>Source: OCI image specification 1.1 config.md.
 *
 * @param os such as {@code linux}
 * @param architecture as Go names them, such as {@code amd64}
 * @param entrypoint the program and its first arguments; may be empty
 * @param command further arguments, or the program where there is no entrypoint
 * @param environment {@code NAME=VALUE}
 * @param workingFolder where it runs; empty for the root
 * @param user as whom it runs; empty for root
 * @param labels what else there is to say
 * @param ports such as {@code 80/tcp}
 * @param diffIds digests of the layers as they are when unpacked
 */
public record ContainerConfig(
    String os,
    String architecture,
    List<String> entrypoint,
    List<String> command,
    List<String> environment,
    String workingFolder,
    String user,
    Map<String, String> labels,
    List<String> ports,
    List<String> diffIds) {
  static ContainerConfig parse(byte[] bytes) throws IOException {
    JsonObject image = JsonObject.parse(bytes);
    JsonObject config = image.object("config");
    return new ContainerConfig(
        image.text("os"),
        image.text("architecture"),
        config.texts("Entrypoint"),
        config.texts("Cmd"),
        config.texts("Env"),
        config.text("WorkingDir"),
        config.text("User"),
        config.strings("Labels"),
        List.copyOf(config.object("ExposedPorts").members().keySet()),
        image.object("rootfs").texts("diff_ids"));
  }
}
