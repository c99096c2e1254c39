package dev.javisor.internal.cli;

import dev.javisor.VirtualMachine;
import dev.javisor.config.VsockConfig;
import java.nio.file.Path;
import java.util.List;

/** {@code --vsock}: Cloud Hypervisor's keys. */
final class VsockOption {
  static final String NAME = "--vsock";

  private static final List<String> KEYS = List.of("cid", "socket", "id");

  private VsockOption() {}

  /**
   * Tells the builder.
   *
   * @throws IllegalArgumentException naming the word that is wrong
   */
  static void apply(VirtualMachine.Builder builder, String text) {
    KeyValues keys = KeyValues.parse(NAME, text, KEYS);
    builder.vsock(vsock -> configure(vsock, keys));
  }

  private static void configure(VsockConfig vsock, KeyValues keys) {
    String socket = keys.get("socket");
    if (socket == null || socket.isEmpty()) {
      throw new IllegalArgumentException(NAME + ": socket=FILE is missing");
    }
    vsock.socket(Path.of(socket));
    String cid = keys.get("cid");
    if (cid != null) {
      vsock.cid(KeyValues.longNumber(NAME, "cid", cid));
    }
    String id = keys.get("id");
    if (id != null) {
      vsock.id(id);
    }
  }
}
