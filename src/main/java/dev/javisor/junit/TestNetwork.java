package dev.javisor.junit;

import dev.javisor.net.VirtualSwitch;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A network of a test's machines, kept in the store of a context, which closes it. */
@SuppressWarnings("deprecation") // Before 5.13, stores close nothing else.
final class TestNetwork implements AutoCloseable, ExtensionContext.Store.CloseableResource {
  private final VirtualSwitch network = VirtualSwitch.builder().user(user -> {}).build();

  private TestNetwork() {}

  /** The network of this name, of the context or one around it; made the first time. */
  static VirtualSwitch of(ExtensionContext context, String name) {
    return context
        .getStore(Machines.NAMESPACE)
        .getOrComputeIfAbsent("network " + name, key -> new TestNetwork(), TestNetwork.class)
        .network;
  }

  @Override
  public void close() {
    network.close();
  }
}
