package dev.javisor.internal.bus;

/**
 * The registers of a device, as a guest's loads, stores and port accesses see them.
 *
 * <p>A device does not know where it sits in an address space: it gets an offset into its own
 * range.
 *
 * <p>Threading: called by any vCPU thread, by several at once; implementations guard themselves.
 *
 * <p>Errors: none. Whatever the guest asks for, an implementation answers: nothing may be thrown
 * out of these methods, and neither may block for long nor loop by a count that the guest chooses.
 */
public interface BusDevice {
  /**
   * Answers a guest's read.
   *
   * @param offset bytes from the start of the device's range
   * @param size width of the access in bytes: 1, 2, 4 or 8 (ports: up to 4)
   * @return the value, little-endian, zero-extended; bits above {@code size} bytes are ignored
   */
  long read(long offset, int size);

  /**
   * Takes a guest's write.
   *
   * @param offset bytes from the start of the device's range
   * @param size width of the access in bytes: 1, 2, 4 or 8 (ports: up to 4)
   * @param value the value, zero-extended to 64 bits
   */
  void write(long offset, int size, long value);
}
