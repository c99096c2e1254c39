package dev.javisor.internal.memory;

/**
 * A guest physical address that is not RAM. Devices that take addresses from the guest ask {@link
 * GuestMemory#contains} first or catch this; it never leaves a device.
 */
public final class GuestAddressException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  GuestAddressException(long gpa, long length) {
    // No stack trace: a hostile guest must not be able to make the host spend time on filling one.
    super("no guest RAM at 0x%x, 0x%x bytes".formatted(gpa, length), null, false, false);
  }
}
