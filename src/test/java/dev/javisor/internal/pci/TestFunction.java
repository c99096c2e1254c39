package dev.javisor.internal.pci;

import dev.javisor.internal.bus.BusDevice;
import java.util.ArrayList;
import java.util.List;

/** A function with a 64-bit BAR 0 of 4 KiB, 8 bytes of RAM at its start, and four vectors. */
final class TestFunction implements BusDevice, BarListener {
  static final int SIZE = 4096;
  static final int TABLE = 0x800;
  static final int PENDING = 0xc00;

  final FakeMsiLines lines = new FakeMsiLines();
  final List<String> moves = new ArrayList<>();
  final PciFunction function;
  long content;

  TestFunction(String id) {
    function =
        PciFunction.builder(id, new PciIdentity(0x1af4, 0x1044, 1, 0xff_0000, 0x1af4, 0x40))
            .bar(Bar.memory64(0, SIZE, this))
            .msix(new MsixLayout(0, TABLE, PENDING, 4), lines)
            .capability(PciCapability.of(PciCapability.VENDOR_SPECIFIC, new byte[] {5, 1, 2}))
            .listener(this)
            .build();
  }

  @Override
  public long read(long offset, int size) {
    return offset < 8 ? content >>> 8 * offset : 0;
  }

  @Override
  public void write(long offset, int size, long value) {
    if (offset == 0) {
      content = value;
    }
  }

  @Override
  public void mapped(int bar, long gpa) {
    moves.add("%d at %x".formatted(bar, gpa));
  }

  @Override
  public void unmapped(int bar) {
    moves.add("%d gone".formatted(bar));
  }
}
