package dev.javisor.internal.vsock;

/** Where packets' bytes come from and go to: buffers in guest RAM. */
public final class PacketData {
  private PacketData() {}

  /** The bytes of a packet that the guest sent. */
  @FunctionalInterface
  public interface Source {
    /** Copies bytes, which are within what the packet has, to an array. */
    void read(int offset, byte[] target, int start, int length);
  }

  /** Room for the bytes of a packet that the guest gets. */
  @FunctionalInterface
  public interface Target {
    /** Copies bytes from an array to where there is room. */
    void write(int offset, byte[] source, int start, int length);
  }
}
