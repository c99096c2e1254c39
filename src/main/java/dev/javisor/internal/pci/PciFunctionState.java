package dev.javisor.internal.pci;

import dev.javisor.internal.bus.DeviceState;
import java.util.List;

/**
 * The state of a function: a component of its device's state record.
 *
 * @param version layout version, {@value #VERSION}
 * @param config the 64 words of configuration space, BARs included
 * @param msix the vectors; none where the function has no MSI-X
 */
public record PciFunctionState(int version, List<Integer> config, MsixState msix)
    implements DeviceState {
  /** The newest layout. */
  public static final int VERSION = 1;

  public PciFunctionState {
    config = List.copyOf(config);
  }
}
