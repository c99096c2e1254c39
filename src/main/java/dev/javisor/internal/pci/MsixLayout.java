package dev.javisor.internal.pci;

/**
 * Where a function keeps its MSI-X structures. Both lie in one BAR, and hide what the BAR has there
 * otherwise.
 *
 * <p>Source: PCI 3.0 §6.8.2.
 *
 * @param bar the index of the BAR
 * @param tableOffset of the table, 16 bytes a vector; a multiple of 8
 * @param pbaOffset of the pending bits, 8 bytes for each 64 vectors; a multiple of 8
 * @param vectors 1 to 2048
 */
public record MsixLayout(int bar, int tableOffset, int pbaOffset, int vectors) {
  /** More vectors than this have no room in the capability. */
  public static final int MAX_VECTORS = 2048;

  public MsixLayout {
    PciCheck.that(bar >= 0 && bar < 6, "MSI-X in BAR " + bar);
    PciCheck.that(vectors > 0 && vectors <= MAX_VECTORS, vectors + " MSI-X vectors");
    PciCheck.that(
        tableOffset >= 0 && tableOffset % 8 == 0 && pbaOffset >= 0 && pbaOffset % 8 == 0,
        "MSI-X table at 0x%x, pending bits at 0x%x".formatted(tableOffset, pbaOffset));
    PciCheck.that(
        tableOffset + 16L * vectors <= pbaOffset
            || pbaOffset + 8L * ((vectors + 63) / 64) <= tableOffset,
        "MSI-X table and pending bits overlap");
  }

  boolean fitsInto(Bar candidate) {
    return candidate.index() == bar
        && tableOffset + (long) tableSize() <= candidate.size()
        && pbaOffset + (long) pbaSize() <= candidate.size();
  }

  int tableSize() {
    return 16 * vectors;
  }

  int pbaSize() {
    return 8 * ((vectors + 63) / 64);
  }
}
