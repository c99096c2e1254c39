package dev.javisor.internal.kvm;

/**
 * Which guest writes raise an ioeventfd.
 *
 * @param port whether {@code address} is a port, or else a gpa
 * @param address the port or gpa
 * @param length width of the write in bytes: 1, 2, 4 or 8; 0 for any (memory only)
 * @param matchesData whether only writes of {@code data} count
 * @param data the value to match
 */
public record IoEventAddress(
    boolean port, long address, int length, boolean matchesData, long data) {
  /** Any value written to a gpa. */
  public static IoEventAddress mmio(long gpa, int length) {
    return new IoEventAddress(false, gpa, length, false, 0);
  }

  /** Any value written to a port. */
  public static IoEventAddress pio(int port, int length) {
    return new IoEventAddress(true, port, length, false, 0);
  }
}
