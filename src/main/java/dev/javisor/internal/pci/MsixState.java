package dev.javisor.internal.pci;

import java.util.List;

/**
 * The state of a function's MSI-X vectors. Whether MSI-X is on stands in configuration space.
 *
 * @param vectors one element each
 */
public record MsixState(List<Vector> vectors) {
  /**
   * A vector.
   *
   * @param address the message's address
   * @param data the message's data
   * @param masked whether the guest masked it
   * @param pending whether it was raised while masked
   */
  public record Vector(long address, int data, boolean masked, boolean pending) {}

  public MsixState {
    vectors = List.copyOf(vectors);
  }
}
