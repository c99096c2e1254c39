package dev.javisor.internal.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.bus.AddressRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuestMemoryTest {
  private static final long HOLE = 0xC000_0000L;
  private static final long GIB = 1L << 30;

  private final GuestMemory memory =
      GuestRam.map(new RamSpec(6 * GIB, false, false, true, false), HOLE);

  @AfterEach
  void close() {
    memory.close();
  }

  @Test
  void shouldGoAroundTheHole_whenRamIsLargerThanWhatFitsBelow() {
    assertEquals(
        List.of(new AddressRange(0, 3 * GIB), new AddressRange(4 * GIB, 3 * GIB)), memory.ranges());
    assertEquals(6 * GIB, memory.size());
  }

  @Test
  void shouldReadWhatWasWritten_whenBytesStraddleWindows() {
    byte[] text = {1, 2, 3, 4, 5, 6, 7, 8};

    memory.write(GIB - 3, text);
    byte[] back = new byte[8];
    memory.read(GIB - 3, back, 0, 8);

    assertArrayEquals(text, back);
    assertEquals(0x0807060504030201L, memory.readLong(GIB - 3));
  }

  @Test
  void shouldBeLittleEndian_whenScalarsAreWritten() {
    memory.writeLong(5 * GIB, 0x1122334455667788L);

    assertEquals((byte) 0x88, memory.readByte(5 * GIB));
    assertEquals((short) 0x7788, memory.readShortAcquire(5 * GIB));
    assertEquals(0x55667788, memory.readIntAcquire(5 * GIB));
    assertEquals(0x11223344, memory.readInt(5 * GIB + 4));
  }

  @Test
  void shouldRefuse_whenAddressIsNotRam() {
    assertFalse(memory.contains(HOLE, 1));
    assertTrue(memory.contains(HOLE - 1, 1));
    assertFalse(memory.contains(HOLE - 1, 2));
    assertFalse(memory.contains(-1, 1));
    assertFalse(memory.contains(7 * GIB - 4, Long.MAX_VALUE));
    assertThrows(GuestAddressException.class, () -> memory.readInt(HOLE - 3));
    assertThrows(GuestAddressException.class, () -> memory.writeLong(7 * GIB - 4, 1));
    assertThrows(GuestAddressException.class, () -> memory.write(HOLE - 4, new byte[5]));
    assertThrows(GuestAddressException.class, () -> memory.hva(-4096, 4096));
  }

  @Test
  void shouldReadZeros_whenDiscarded() {
    memory.writeInt(4096, 42);

    memory.discard();

    assertEquals(0, memory.readInt(4096));
  }

  @Test
  void shouldReadZeros_whenDiscardedRamIsShared() {
    try (GuestMemory shared = GuestRam.map(new RamSpec(16 << 20, true, false, false, true), HOLE)) {
      shared.writeInt(4096, 42);

      shared.discard();

      assertEquals(0, shared.readInt(4096));
      shared.writeInt(4096, 43);
      assertEquals(43, shared.readInt(4096));
    }
  }

  @Test
  void shouldUnmapAtOnce_whenNobodyHoldsALease() throws IOException {
    long hva = memory.hva(0, 1);

    memory.close();

    assertFalse(isMapped(hva));
  }

  @Test
  void shouldStayHarmless_whenALeaseOutlivesTheMachine() throws IOException {
    MemoryLease lease = memory.lease(8192, 4096);
    ByteBuffer bytes = lease.bytes();
    bytes.putInt(0, 42);
    long hva = memory.hva(0, 1);

    memory.close();

    assertEquals(0, bytes.getInt(0));
    bytes.putInt(0, 43);
    assertTrue(isMapped(hva));
    lease.close();
    assertFalse(isMapped(hva));
  }

  @Test
  void shouldStayHarmless_whenOnlyASliceOfALeaseOutlivesTheMachine() throws Exception {
    ByteBuffer slice = memory.lease(8192, 4096).bytes().slice(512, 512);
    long hva = memory.hva(0, 1);

    collectGarbage();
    memory.close();
    collectGarbage();

    assertEquals(0, slice.getInt(0));
    assertTrue(isMapped(hva));
  }

  @Test
  void shouldGiveTheAddressesBack_whenNoBorrowedBufferIsReachable() throws Exception {
    ByteBuffer borrowed = memory.borrow(4 * GIB + 8192, 4096);
    memory.writeInt(4 * GIB + 8192, 42);
    assertEquals(42, borrowed.getInt(0));
    long hva = memory.hva(0, 1);

    memory.close();
    collectGarbage();
    assertEquals(0, borrowed.getInt(0));
    assertTrue(isMapped(hva));

    borrowed = null;
    for (int i = 0; i < 100 && isMapped(hva); i++) {
      collectGarbage();
    }
    assertFalse(isMapped(hva));
    assertThrows(IllegalStateException.class, () -> memory.borrow(0, 1));
  }

  @Test
  void shouldRefuseLeases_whenClosed() {
    memory.close();

    assertThrows(IllegalStateException.class, () -> memory.lease(0, 1));
  }

  private static boolean isMapped(long hva) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      String[] range = line.substring(0, line.indexOf(' ')).split("-", 2);
      if (Long.compareUnsigned(hva, Long.parseUnsignedLong(range[0], 16)) >= 0
          && Long.compareUnsigned(hva, Long.parseUnsignedLong(range[1], 16)) < 0) {
        return true;
      }
    }
    return false;
  }

  private static void collectGarbage() throws InterruptedException {
    System.gc();
    Thread.sleep(20);
  }
}
