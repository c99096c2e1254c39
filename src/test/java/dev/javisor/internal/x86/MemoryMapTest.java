package dev.javisor.internal.x86;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.javisor.internal.bus.AddressRange;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryMapTest {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final MemoryMap.Entry LOW =
      new MemoryMap.Entry(new AddressRange(0, 0xa_0000), MemoryMap.Type.RAM);

  @Test
  void shouldLeaveOutFirmwareTables_whenRamIsSmall() {
    assertEquals(
        List.of(LOW, new MemoryMap.Entry(new AddressRange(MIB, 511 * MIB), MemoryMap.Type.RAM)),
        MemoryMap.of(512 * MIB, false));
  }

  @Test
  void shouldHaveLowRamOnly_whenRamEndsAt1MiB() {
    assertEquals(List.of(LOW), MemoryMap.of(MIB, false));
  }

  @Test
  void shouldNotReachAbove4GiB_whenRamFillsExactlyWhatIsBelowTheHole() {
    assertEquals(List.of(new AddressRange(0, 3 * GIB)), MemoryMap.ramRanges(3 * GIB));
    assertEquals(
        List.of(LOW, new MemoryMap.Entry(new AddressRange(MIB, 3 * GIB - MIB), MemoryMap.Type.RAM)),
        MemoryMap.of(3 * GIB, false));
  }

  @Test
  void shouldGoOnAbove4GiB_whenRamIsLarger() {
    assertEquals(
        List.of(
            LOW,
            new MemoryMap.Entry(new AddressRange(MIB, 3 * GIB - MIB), MemoryMap.Type.RAM),
            new MemoryMap.Entry(new AddressRange(4 * GIB, 4096), MemoryMap.Type.RAM)),
        MemoryMap.of(3 * GIB + 4096, false));
  }

  @Test
  void shouldReserveEcam_whenThereIsOne() {
    assertEquals(
        List.of(
            LOW,
            new MemoryMap.Entry(new AddressRange(MIB, 3 * GIB - MIB), MemoryMap.Type.RAM),
            new MemoryMap.Entry(new AddressRange(4 * GIB, 5 * GIB), MemoryMap.Type.RAM),
            new MemoryMap.Entry(
                new AddressRange(0xe800_0000L, 256 * MIB), MemoryMap.Type.RESERVED)),
        MemoryMap.of(8 * GIB, true));
  }

  @Test
  void shouldRefuse_whenThereIsLessThan1MiB() {
    assertThrows(IllegalArgumentException.class, () -> MemoryMap.of(MIB - 4096, false));
  }
}
