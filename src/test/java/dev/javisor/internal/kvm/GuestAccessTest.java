package dev.javisor.internal.kvm;

import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static dev.javisor.testing.microguest.Reg.RCX;
import static dev.javisor.testing.microguest.Reg.RDI;
import static dev.javisor.testing.microguest.Reg.RSI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.microguest.Assembler;
import dev.javisor.testing.microguest.BareMachine;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Port and memory accesses of a guest, at both privilege levels, as KVM hands them over. */
class GuestAccessTest {
  private static final long VALUE = 0x1122_3344_5566_7788L;
  private static final long NO_RAM = 0x7fff_f000L;
  private static final int PORT = 0x510;
  private static final int ELEMENTS = 37;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void shouldSeeWhatTheGuestWrites_whenItWritesAPort(int width) {
    onBoth(
        a -> {
          a.out(width, 0x80, VALUE & 0xffff_ffffL);
          a.out(width, PORT, VALUE & 0xffff_ffffL);
        },
        vm -> {
          for (int port : new int[] {0x80, PORT}) {
            KvmExit exit = vm.runTo(KvmExit.IO);
            assertTrue(exit.ioIsWrite());
            assertEquals(port, exit.ioPort());
            assertEquals(width, exit.ioSize());
            assertEquals(1, exit.ioCount());
            assertEquals(low(VALUE, width), exit.ioValue(0));
          }
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void shouldAnswerTheGuest_whenItReadsAPort(int width) {
    onBoth(
        a -> {
          a.mov(RAX, -1);
          a.in(width, PORT);
          a.store(8, Mem.at(MicroGuest.DATA), RAX);
          a.outb(0x80, 0);
        },
        vm -> {
          KvmExit exit = vm.runTo(KvmExit.IO);
          assertFalse(exit.ioIsWrite());
          assertEquals(width, exit.ioSize());
          exit.setIoValue(0, VALUE);

          vm.runTo(KvmExit.IO);

          long kept = width == 4 ? 0 : -1L << 8 * width;
          assertEquals(low(VALUE, width) | kept, vm.memory().readLong(MicroGuest.DATA));
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void shouldSeeEachElementOnce_whenTheGuestWritesAString(int width) {
    onBoth(
        a -> {
          a.mov(RSI, MicroGuest.DATA);
          a.mov(RCX, ELEMENTS);
          a.repOuts(width, PORT);
          a.outb(0x80, 0);
        },
        vm -> {
          fill(vm, width);

          List<Long> seen = new ArrayList<>();
          KvmExit exit = vm.runTo(KvmExit.IO);
          while (exit.ioPort() == PORT) {
            assertEquals(width, exit.ioSize());
            for (int i = 0; i < exit.ioCount(); i++) {
              seen.add(exit.ioValue(i));
            }
            exit = vm.runTo(KvmExit.IO);
          }

          assertEquals(numbers(width), seen);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void shouldAnswerEachElementOnce_whenTheGuestReadsAString(int width) {
    onBoth(
        a -> {
          a.mov(RDI, MicroGuest.DATA);
          a.mov(RCX, ELEMENTS);
          a.repIns(width, PORT);
          a.outb(0x80, 0);
        },
        vm -> {
          int next = 0;
          List<Long> numbers = numbers(width);
          KvmExit exit = vm.runTo(KvmExit.IO);
          while (exit.ioPort() == PORT) {
            for (int i = 0; i < exit.ioCount(); i++) {
              exit.setIoValue(i, numbers.get(next++));
            }
            exit = vm.runTo(KvmExit.IO);
          }

          assertEquals(ELEMENTS, next);
          assertEquals(numbers, read(vm, width));
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void shouldSeeWhatTheGuestWrites_whenThereIsNoRam(int width) {
    onBoth(
        a -> {
          a.mov(RAX, VALUE);
          a.store(width, Mem.at(NO_RAM + 8), RAX);
        },
        vm -> {
          KvmExit exit = vm.runTo(KvmExit.MMIO);

          assertTrue(exit.mmioIsWrite());
          assertEquals(NO_RAM + 8, exit.mmioAddress());
          assertEquals(width, exit.mmioLength());
          assertEquals(low(VALUE, width), exit.mmioValue());
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void shouldAnswerTheGuest_whenItReadsWhereThereIsNoRam(int width) {
    onBoth(
        a -> {
          a.mov(RAX, 0);
          a.load(width, RAX, Mem.at(NO_RAM));
          a.store(8, Mem.at(MicroGuest.DATA), RAX);
          a.outb(0x80, 0);
        },
        vm -> {
          KvmExit exit = vm.runTo(KvmExit.MMIO);
          assertFalse(exit.mmioIsWrite());
          assertEquals(width, exit.mmioLength());
          exit.setMmioValue(VALUE);

          vm.runTo(KvmExit.IO);

          assertEquals(low(VALUE, width), vm.memory().readLong(MicroGuest.DATA));
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
  void shouldSeeBothParts_whenAnAccessStraddlesPages(int first) {
    long address = NO_RAM + 4096 - first;
    onBoth(
        a -> {
          a.mov(RBX, address);
          a.mov(RAX, VALUE);
          a.store(8, Mem.at(RBX), RAX);
          a.load(8, RAX, Mem.at(RBX));
          a.store(8, Mem.at(MicroGuest.DATA), RAX);
          a.outb(0x80, 0);
        },
        vm -> {
          KvmExit exit = vm.runTo(KvmExit.MMIO);
          assertEquals(address, exit.mmioAddress());
          assertEquals(first, exit.mmioLength());
          assertEquals(low(VALUE, first), exit.mmioValue());
          exit = vm.runTo(KvmExit.MMIO);
          assertEquals(NO_RAM + 4096, exit.mmioAddress());
          assertEquals(8 - first, exit.mmioLength());
          assertEquals(VALUE >>> 8 * first, exit.mmioValue());
          vm.runTo(KvmExit.MMIO).setMmioValue(~VALUE);
          vm.runTo(KvmExit.MMIO).setMmioValue(~VALUE >>> 8 * first);
          vm.runTo(KvmExit.IO);

          assertEquals(~VALUE, vm.memory().readLong(MicroGuest.DATA));
        });
  }

  private static void onBoth(Consumer<Assembler> code, Consumer<BareMachine> check) {
    for (MicroGuest guest : List.of(MicroGuest.code(code), MicroGuest.kernelCode(code))) {
      try (BareMachine vm = guest.bare()) {
        check.accept(vm);
      }
    }
  }

  private static List<Long> numbers(int width) {
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < ELEMENTS; i++) {
      numbers.add(low(0x8070_6050L + i, width));
    }
    return numbers;
  }

  private static void fill(BareMachine vm, int width) {
    long at = MicroGuest.DATA;
    for (long number : numbers(width)) {
      for (int i = 0; i < width; i++) {
        vm.memory().writeByte(at++, (byte) (number >>> 8 * i));
      }
    }
  }

  private static List<Long> read(BareMachine vm, int width) {
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < ELEMENTS; i++) {
      long at = MicroGuest.DATA + (long) i * width;
      numbers.add(low(vm.memory().readLong(at), width));
    }
    return numbers;
  }

  private static long low(long value, int width) {
    return width == 8 ? value : value & (1L << 8 * width) - 1;
  }
}
