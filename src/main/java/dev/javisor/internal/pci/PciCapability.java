package dev.javisor.internal.pci;

import dev.javisor.internal.bus.BusDevice;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a function's capability list.
 *
 * <p>Source: PCI 3.0 §6.7. Threading: immutable.
 */
public final class PciCapability {
  /** The id of vendor-specific capabilities, whose third byte is their length. */
  public static final int VENDOR_SPECIFIC = 0x09;

  static final int MSIX = 0x11;

  /** The bytes in front of the body: id, and where the next capability is. */
  static final int HEADER_SIZE = 2;

  private final int id;
  private final byte[] body;
  private final byte[] writable;
  private final int windowOffset;
  private final int windowSize;
  private final @Nullable BusDevice window;

  private PciCapability(
      int id,
      byte[] body,
      byte[] writable,
      int windowOffset,
      int windowSize,
      @Nullable BusDevice window) {
    this.id = id;
    this.body = body;
    this.writable = writable;
    this.windowOffset = windowOffset;
    this.windowSize = windowSize;
    this.window = window;
  }

  /**
   * A capability that the guest can only read.
   *
   * @param id 8 bits
   * @param body what follows id and next pointer, so that {@code body[0]} is at offset 2
   */
  public static PciCapability of(int id, byte[] body) {
    PciCheck.bits("capability id", id, 0xff);
    return new PciCapability(id, body.clone(), new byte[body.length], 0, 0, null);
  }

  /**
   * The same with bits that the guest can write.
   *
   * @param mask the bits of each byte of the body; of the body's length
   */
  public PciCapability writable(byte[] mask) {
    PciCheck.that(mask.length == body.length, "mask of %d bytes".formatted(mask.length));
    return new PciCapability(id, body, mask.clone(), windowOffset, windowSize, window);
  }

  /**
   * The same with registers that a device answers itself, such as the data of {@code
   * VIRTIO_PCI_CAP_PCI_CFG}.
   *
   * @param offset from the capability's start, id included; a multiple of 4
   * @param size bytes, a multiple of 4
   * @param registers gets offsets into the window, and accesses of 1, 2 or 4 bytes that do not
   *     straddle a multiple of 4; called on vCPU threads
   */
  public PciCapability window(int offset, int size, BusDevice registers) {
    PciCheck.that(
        offset >= 4 && offset % 4 == 0 && size > 0 && size % 4 == 0 && offset + size <= size(),
        "window at %d of %d bytes".formatted(offset, size));
    return new PciCapability(id, body, writable, offset, size, registers);
  }

  /** Bytes of configuration space that it takes, its header included. */
  int size() {
    return HEADER_SIZE + body.length;
  }

  /** Writes it into configuration space at this offset. */
  void writeTo(ConfigSpace config, int at) {
    config.define(at, 1, id, 0);
    for (int i = 0; i < body.length; i++) {
      config.define(at + HEADER_SIZE + i, 1, body[i] & 0xff, writable[i] & 0xff);
    }
    if (window != null) {
      config.window(at + windowOffset, windowSize, window);
    }
  }
}
