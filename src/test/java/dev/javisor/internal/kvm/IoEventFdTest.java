package dev.javisor.internal.kvm;

import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RCX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.javisor.internal.sys.EventFd;
import dev.javisor.testing.microguest.BareMachine;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guest writes that reach a Java thread without an exit. */
@Timeout(60)
class IoEventFdTest {
  private static final long NO_RAM = 0x7fff_f000L;
  private static final int PORT = 0x510;
  private static final int DONE = 0x80;
  private static final int WRITES = 10_000;

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "4,4"})
  void shouldCountEveryWrite_whenAPortIsWritten(int width, int length) throws Exception {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.times(RCX, WRITES, () -> a.out(width, PORT));
              a.outb(DONE, 0);
            });
    assertAllCounted(guest, IoEventAddress.pio(PORT, length));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "4,4", "8,8", "1,0", "2,0", "4,0", "8,0"})
  void shouldCountEveryWrite_whenMemoryIsWritten(int width, int length) throws Exception {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.times(RCX, WRITES, () -> a.store(width, Mem.at(NO_RAM), RAX));
              a.outb(DONE, 0);
            });
    assertAllCounted(guest, IoEventAddress.mmio(NO_RAM, length));
  }

  @Test
  void shouldExit_whenTheWriteIsNarrowerOrElsewhereOrARead() {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.store(2, Mem.at(NO_RAM), 1);
              a.store(4, Mem.at(NO_RAM + 4), 2);
              a.load(4, RAX, Mem.at(NO_RAM));
              a.store(4, Mem.at(NO_RAM), 3);
              a.outb(DONE, 0);
            });
    try (BareMachine vm = guest.bare();
        EventFd event = new EventFd("test", false)) {
      vm.vm().attachIoEventFd(event, IoEventAddress.mmio(NO_RAM, 4));

      assertEquals(1, vm.runTo(KvmExit.MMIO).mmioValue());
      assertEquals(2, vm.runTo(KvmExit.MMIO).mmioValue());
      assertFalse(vm.runTo(KvmExit.MMIO).mmioIsWrite());
      assertEquals(DONE, vm.runTo(KvmExit.IO).ioPort());

      assertEquals(1, event.await());
    }
  }

  @Test
  void shouldOnlyCountItsValue_whenItMatchesData() {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              for (int i = 0; i < 4; i++) {
                a.out(2, PORT, i);
                a.store(4, Mem.at(NO_RAM), i);
              }
              a.outb(DONE, 0);
            });
    try (BareMachine vm = guest.bare();
        EventFd port1 = new EventFd("port 1", false);
        EventFd port2 = new EventFd("port 2", false);
        EventFd memory3 = new EventFd("memory 3", false)) {
      vm.vm().attachIoEventFd(port1, new IoEventAddress(true, PORT, 2, true, 1));
      vm.vm().attachIoEventFd(port2, new IoEventAddress(true, PORT, 2, true, 2));
      vm.vm().attachIoEventFd(memory3, new IoEventAddress(false, NO_RAM, 4, true, 3));

      assertEquals(0, vm.runTo(KvmExit.IO).ioValue(0));
      assertEquals(0, vm.runTo(KvmExit.MMIO).mmioValue());
      assertEquals(1, vm.runTo(KvmExit.MMIO).mmioValue());
      assertEquals(2, vm.runTo(KvmExit.MMIO).mmioValue());
      assertEquals(3, vm.runTo(KvmExit.IO).ioValue(0));
      assertEquals(DONE, vm.runTo(KvmExit.IO).ioPort());

      assertEquals(1, port1.await());
      assertEquals(1, port2.await());
      assertEquals(1, memory3.await());
    }
  }

  @Test
  void shouldExitAgain_whenItIsDetached() {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.out(4, PORT, 1);
              a.outb(DONE, 0);
              a.out(4, PORT, 2);
              a.spin();
            });
    try (BareMachine vm = guest.bare();
        EventFd event = new EventFd("test", false)) {
      IoEventAddress address = IoEventAddress.pio(PORT, 4);
      vm.vm().attachIoEventFd(event, address);
      assertEquals(DONE, vm.runTo(KvmExit.IO).ioPort());

      vm.vm().detachIoEventFd(event, address);

      assertEquals(2, vm.runTo(KvmExit.IO).ioValue(0));
      assertEquals(1, event.await());
    }
  }

  private static void assertAllCounted(MicroGuest guest, IoEventAddress address) throws Exception {
    try (BareMachine vm = guest.bare();
        EventFd event = new EventFd("test", true)) {
      vm.vm().attachIoEventFd(event, address);
      long[] counted = {0};
      Thread reader =
          new Thread(
              () -> {
                while (counted[0] < WRITES) {
                  counted[0] += event.await();
                }
              });
      reader.start();

      assertEquals(DONE, vm.runTo(KvmExit.IO).ioPort());
      reader.join(10_000);

      assertFalse(reader.isAlive(), "writes were lost");
      assertEquals(WRITES, counted[0]);
    }
  }
}
