package dev.javisor.internal.acpi;

import java.util.List;

/**
 * The tables as they go into guest memory, in one piece.
 *
 * <p>Threading: immutable.
 */
public final class AcpiImage {
  /**
   * Where a table lies in guest memory.
   *
   * @param signature {@code XSDT}, {@code FACP}, {@code APIC}, ...
   * @param gpa its first byte
   * @param length in bytes
   */
  public record PlacedTable(String signature, long gpa, int length) {}

  private final long rsdpGpa;
  private final byte[] bytes;
  private final List<PlacedTable> tables;

  AcpiImage(long rsdpGpa, byte[] bytes, List<PlacedTable> tables) {
    this.rsdpGpa = rsdpGpa;
    this.bytes = bytes;
    this.tables = List.copyOf(tables);
  }

  /** Where the image begins, which is also where the RSDP is. */
  public long rsdpGpa() {
    return rsdpGpa;
  }

  /** The whole image, to be written at {@link #rsdpGpa()}. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Where each table is, in the order of the image; the RSDP is not among them. */
  public List<PlacedTable> tables() {
    return tables;
  }
}
