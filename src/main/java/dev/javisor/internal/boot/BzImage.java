package dev.javisor.internal.boot;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.sys.Fd;
import java.util.List;

/**
 * A Linux bzImage, entered by the 32-bit boot protocol.
 *
 * @param file the file
 * @param setupHeader the setup header as the file has it, from offset 0x1f1 on
 * @param codeOffset where its protected-mode part starts in the file
 * @param loadRange the gpas that this part takes
 * @param window the gpas in which it unpacks itself
 * @param cmdlineLimit as {@link KernelImage#cmdlineLimit()}
 * @param lastInitramfsAddress as {@link KernelImage#lastInitramfsAddress()}
 */
record BzImage(
    Fd file,
    List<Byte> setupHeader,
    long codeOffset,
    AddressRange loadRange,
    AddressRange window,
    int cmdlineLimit,
    long lastInitramfsAddress)
    implements KernelImage {
  @Override
  public long entry() {
    return loadRange.base();
  }

  @Override
  public List<AddressRange> footprint() {
    return List.of(loadRange, window);
  }
}
