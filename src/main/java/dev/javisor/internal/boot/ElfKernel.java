package dev.javisor.internal.boot;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.sys.Fd;
import java.util.List;

/**
 * An ELF kernel or firmware, entered by the PVH protocol.
 *
 * @param file the file
 * @param entry from its note XEN_ELFNOTE_PHYS32_ENTRY
 * @param cmdlineLimit as {@link KernelImage#cmdlineLimit()}
 * @param segments what is loaded, lowest address first, none of them empty
 */
record ElfKernel(Fd file, long entry, int cmdlineLimit, List<ElfSegment> segments)
    implements KernelImage {
  private static final long LAST_32_BIT_ADDRESS = 0xffff_ffffL;

  @Override
  public List<AddressRange> footprint() {
    return segments.stream().map(ElfSegment::range).toList();
  }

  @Override
  public long lastInitramfsAddress() {
    return LAST_32_BIT_ADDRESS;
  }
}
