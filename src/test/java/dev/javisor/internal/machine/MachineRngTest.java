package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.MicroGuest.DATA;
import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.javisor.event.VmExit;
import dev.javisor.testing.microguest.Assembler;
import dev.javisor.testing.microguest.Condition;
import dev.javisor.testing.microguest.HostResources;
import dev.javisor.testing.microguest.Label;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A guest at CPL 3 drives an entropy device on the PCI bus, by polling. */
@Timeout(60)
class MachineRngTest {
  private static final long CONFIG = 0xe800_0000L + (1 << 15);
  private static final long BAR = 0xd000_0000L;
  private static final long DOORBELL = BAR + 0x6000;
  private static final long TABLE = DATA + 0x1000;
  private static final long AVAILABLE = DATA + 0x2000;
  private static final long USED = DATA + 0x3000;
  private static final long BUFFERS = DATA + 0x4000;
  private static final int SIZE = 8;
  private static final int REQUEST = 4096;
  private static final int STATUS_DRIVER = 1 | 2;
  private static final int STATUS_NEGOTIATED = STATUS_DRIVER | 8;
  private static final int WRITE = 2;

  private static MachineSpec withRng(MachineSpec spec, Path source) {
    return MachineSpecs.withDevices(spec, EntropyDevices.from(source));
  }

  /** Moves the BAR below 4 GiB, negotiates VERSION_1, and enables the queue. */
  private static void start(Assembler a) {
    a.mov(RBX, CONFIG);
    a.store(2, Mem.at(RBX, 4), 0);
    a.store(4, Mem.at(RBX, 0x10), (int) BAR);
    a.store(4, Mem.at(RBX, 0x14), 0);
    a.store(2, Mem.at(RBX, 4), 2 | 4);
    a.mov(RBX, BAR);
    a.store(1, Mem.at(RBX, 0x14), 0);
    a.store(1, Mem.at(RBX, 0x14), 1);
    a.store(1, Mem.at(RBX, 0x14), STATUS_DRIVER);
    a.store(4, Mem.at(RBX, 0x08), 1);
    a.store(4, Mem.at(RBX, 0x0c), 1);
    a.store(1, Mem.at(RBX, 0x14), STATUS_NEGOTIATED);
    a.store(2, Mem.at(RBX, 0x16), 0);
    a.store(2, Mem.at(RBX, 0x18), SIZE);
    area(a, 0x20, TABLE);
    area(a, 0x28, AVAILABLE);
    area(a, 0x30, USED);
    a.store(2, Mem.at(RBX, 0x1c), 1);
    a.store(1, Mem.at(RBX, 0x14), STATUS_NEGOTIATED | 4);
  }

  private static void area(Assembler a, int offset, long gpa) {
    a.store(4, Mem.at(RBX, offset), (int) gpa);
    a.store(4, Mem.at(RBX, offset + 4), 0);
  }

  /** Asks for a page of random bytes, and polls until they are there. */
  private static void request(Assembler a, int number) {
    long descriptor = TABLE + 16L * (number % SIZE);
    a.mov(RAX, BUFFERS + (long) REQUEST * number);
    a.store(8, Mem.at(descriptor), RAX);
    a.store(4, Mem.at(descriptor + 8), REQUEST);
    a.store(4, Mem.at(descriptor + 12), WRITE);
    a.store(2, Mem.at(AVAILABLE + 4 + 2L * (number % SIZE)), number % SIZE);
    a.store(2, Mem.at(AVAILABLE + 2), number + 1);
    a.mov(RBX, DOORBELL);
    a.store(2, Mem.at(RBX), 0);
    Label wait = a.here(a.label());
    a.pause();
    a.cmp(2, Mem.at(USED + 2), number + 1);
    a.jump(Condition.NOT_EQUAL, wait);
  }

  private static byte[] page(MicroMachine vm, int number) {
    byte[] page = new byte[REQUEST];
    vm.memory().read(BUFFERS + (long) REQUEST * number, page, 0, REQUEST);
    return page;
  }

  @Test
  void shouldFillTheGuestsBuffers(@TempDir Path folder) throws IOException {
    byte[] bytes = new byte[10 * REQUEST];
    new Random(1).nextBytes(bytes);
    Path source = Files.write(folder.resolve("entropy"), bytes);
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              start(a);
              for (int i = 0; i < 10; i++) {
                request(a, i);
              }
              a.print("x");
              a.spin();
            });
    try (MicroMachine vm = MicroMachine.create(guest, spec -> withRng(spec, source))) {
      vm.machine().boot();
      vm.awaitConsole("x");

      for (int i = 0; i < 10; i++) {
        byte[] expected = Arrays.copyOfRange(bytes, i * REQUEST, (i + 1) * REQUEST);
        assertArrayEquals(expected, page(vm, i), "request " + i);
        assertEquals(i % SIZE, vm.memory().readInt(USED + 4 + 8L * (i % SIZE)));
        assertEquals(REQUEST, vm.memory().readInt(USED + 8 + 8L * (i % SIZE)));
      }
    }
  }

  @Test
  void shouldServeTheGuestAgain_whenItResets() {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              start(a);
              request(a, 0);
              request(a, 1);
              a.print("x");
              a.reset();
              a.spin();
            });
    Path urandom = Path.of("/dev/urandom");
    try (MicroMachine vm = MicroMachine.create(guest, spec -> withRng(spec, urandom))) {
      AtomicInteger resets = new AtomicInteger();
      vm.onReset(() -> resets.incrementAndGet() <= 5 ? null : new VmExit.Reset());
      vm.machine().boot();

      assertEquals(new VmExit.Reset(), vm.awaitExit());
      assertEquals("xxxxxx", vm.console());
    }
  }

  @Test
  void shouldLoseNoRequest_whenItIsPausedAgainAndAgain() {
    MicroGuest guest =
        MicroGuest.code(
                a -> {
                  start(a);
                  for (int i = 0; i < 200; i++) {
                    request(a, i);
                  }
                  a.print("x");
                  a.spin();
                })
            .memory(8 << 20);
    Path urandom = Path.of("/dev/urandom");
    try (MicroMachine vm = MicroMachine.create(guest, spec -> withRng(spec, urandom))) {
      vm.machine().boot();
      for (int i = 0; i < 50; i++) {
        vm.machine().pause();
        vm.machine().resume();
      }
      vm.awaitConsole("x");

      assertEquals(200, vm.memory().readShort(USED + 2));
      assertFalse(Arrays.equals(page(vm, 198), page(vm, 199)));
    }
  }

  @Test
  void shouldReleaseEverything_whenTheMachineEnds() {
    HostResources before = HostResources.now();
    Path urandom = Path.of("/dev/urandom");
    try (MicroMachine vm =
        MicroMachine.create(MicroGuest.code(Assembler::spin), spec -> withRng(spec, urandom))) {
      vm.machine().boot();
      vm.machine().close();

      HostResources.awaitReturnTo(before);
    }
  }
}
