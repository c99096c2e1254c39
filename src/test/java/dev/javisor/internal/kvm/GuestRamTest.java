package dev.javisor.internal.kvm;

import static dev.javisor.testing.microguest.MicroGuest.DATA;
import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.microguest.BareMachine;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** RAM on both sides of the hole below 4 GiB, as the guest and the host see it. */
@Timeout(60)
class GuestRamTest {
  private static final long GIB = 1L << 30;
  private static final long RAM = 5 * GIB;
  private static final long HOLE = 3 * GIB;
  private static final long TOP = 6 * GIB;
  private static final int PORT = 0x80;

  @Test
  void shouldBeTheSameBytes_whenGuestAndHostUseTheEdges() {
    long[] edges = {DATA, GIB - 4, 2 * GIB - 4, HOLE - 8, 4 * GIB, 5 * GIB - 4, TOP - 8};
    MicroGuest guest =
        MicroGuest.code(
                a -> {
                  for (int i = 0; i < edges.length; i++) {
                    a.mov(RBX, edges[i]);
                    a.mov(RAX, 0x1111_1111_1111_1111L * (i + 1));
                    a.store(8, Mem.at(RBX), RAX);
                  }
                  a.outb(PORT, 0);
                  for (long edge : edges) {
                    a.mov(RBX, edge);
                    a.load(8, RAX, Mem.at(RBX));
                    a.out(4, PORT);
                    a.shr(RAX, 32);
                    a.out(4, PORT);
                  }
                })
            .memory(RAM);
    try (BareMachine vm = guest.bare()) {
      vm.runTo(KvmExit.IO);
      for (int i = 0; i < edges.length; i++) {
        assertEquals(0x1111_1111_1111_1111L * (i + 1), vm.memory().readLong(edges[i]));
        vm.memory().writeLong(edges[i], edges[i] << 32 | i);
      }
      for (int i = 0; i < edges.length; i++) {
        assertEquals(i, vm.runTo(KvmExit.IO).ioValue(0));
        assertEquals(edges[i] & 0xffff_ffffL, vm.runTo(KvmExit.IO).ioValue(0));
      }
    }
  }

  @Test
  void shouldExit_whenTheGuestReachesBeyondRam() {
    long[] holes = {HOLE, HOLE + 0x1000, 4 * GIB - 8, TOP, TOP + 0x1000};
    MicroGuest guest =
        MicroGuest.code(
                a -> {
                  for (long hole : holes) {
                    a.mov(RBX, hole);
                    a.store(8, Mem.at(RBX), RAX);
                  }
                  a.outb(PORT, 0);
                })
            .memory(RAM);
    try (BareMachine vm = guest.bare()) {
      List<Long> seen = new ArrayList<>();
      for (int i = 0; i < holes.length; i++) {
        seen.add(vm.runTo(KvmExit.MMIO).mmioAddress());
      }

      assertEquals(List.of(holes[0], holes[1], holes[2], holes[3], holes[4]), seen);
      vm.runTo(KvmExit.IO);
    }
  }

  @Test
  void shouldSplit_whenAnAccessRunsFromRamIntoTheHole() {
    MicroGuest guest =
        MicroGuest.code(
                a -> {
                  a.mov(RBX, HOLE - 3);
                  a.mov(RAX, 0x8877_6655_4433_2211L);
                  a.store(8, Mem.at(RBX), RAX);
                  a.outb(PORT, 0);
                })
            .memory(RAM);
    try (BareMachine vm = guest.bare()) {
      KvmExit exit = vm.runTo(KvmExit.MMIO);
      assertTrue(exit.mmioIsWrite());
      assertEquals(HOLE, exit.mmioAddress());
      assertEquals(5, exit.mmioLength());
      assertEquals(0x88_7766_5544L, exit.mmioValue());
      vm.runTo(KvmExit.IO);

      assertEquals(0x2211, vm.memory().readShort(HOLE - 3));
      assertEquals(0x33, vm.memory().readByte(HOLE - 1));
    }
  }

  @Test
  void shouldExitInsteadOfWriting_whenTheSlotIsReadOnly() {
    MicroGuest guest =
        MicroGuest.code(
                a -> {
                  a.mov(RBX, 4 * GIB);
                  a.load(4, RAX, Mem.at(RBX));
                  a.out(4, PORT);
                  a.store(4, Mem.at(RBX), 7);
                  a.outb(PORT, 0);
                })
            .memory(RAM);
    try (BareMachine vm = guest.bare()) {
      long bytes = TOP - 4 * GIB;
      vm.memory().writeInt(4 * GIB, 42);
      vm.vm().setMemory(1, 4 * GIB, 0, 0, false);
      vm.vm().setMemory(1, 4 * GIB, bytes, vm.memory().hva(4 * GIB, bytes), true);

      assertEquals(42, vm.runTo(KvmExit.IO).ioValue(0));
      assertEquals(7, vm.runTo(KvmExit.MMIO).mmioValue());
      vm.runTo(KvmExit.IO);
      assertEquals(42, vm.memory().readInt(4 * GIB));
    }
  }
}
