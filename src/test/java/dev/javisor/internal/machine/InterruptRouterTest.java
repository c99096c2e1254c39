package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.MicroGuest.DATA;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.bus.BusDevice;
import dev.javisor.internal.kvm.GsiRoute;
import dev.javisor.internal.kvm.IoEventAddress;
import dev.javisor.internal.legacy.IoApic;
import dev.javisor.internal.legacy.IoApicConfig;
import dev.javisor.internal.legacy.LegacyDevices;
import dev.javisor.internal.sys.EventFd;
import dev.javisor.internal.x86.PlatformLayout;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.Reg;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Interrupts from eventfds and messages to a guest's handler that counts them. */
@Timeout(60)
class InterruptRouterTest {
  private static final int VECTOR = 0x51;
  private static final int OTHER_VECTOR = 0x52;
  private static final long TO_CPU_0 = 0xfee0_0000L;
  private static final int GSI = 30;
  private static final int PIN = 9;
  private static final long OTHER = DATA + 8;
  private static final int PORT = 0x80;
  private static final int READY = 0x81;

  // It sleeps between interrupts, and so does the test: on a busy host whoever spins is in the way.
  private final RunningBareMachine vm =
      new RunningBareMachine(
          MicroGuest.kernelCode(
                  a -> {
                    MicroGuest.unmaskLevel(a, PIN, OTHER_VECTOR);
                    a.outb(READY, 0);
                    a.sti();
                    a.forever(a::hlt);
                  })
              .handler(
                  VECTOR,
                  a -> {
                    a.inc(4, Mem.at(DATA));
                    a.outb(READY, 0);
                  })
              .handler(
                  OTHER_VECTOR,
                  a -> {
                    a.inc(4, Mem.at(OTHER));
                    a.load(4, Reg.RAX, Mem.at(OTHER));
                    a.out(4, PORT);
                    a.outb(READY, 0);
                  }));
  private final EventFd ready = new EventFd("ready", true);

  @AfterEach
  void close() {
    vm.close();
    ready.close();
  }

  @Test
  void shouldLoseNone_whenTenThousandMessagesAreSent() {
    start();

    for (int i = 1; i <= 10_000; i++) {
      vm.bare.vm().signalMsi(TO_CPU_0, VECTOR);
      awaitCount(DATA, i);
    }
  }

  @Test
  void shouldLoseNone_whenAnEventfdIsSignalledTenThousandTimes() {
    start();
    try (EventFd event = new EventFd("test", false)) {
      vm.bare.vm().setRoutes(List.of(new GsiRoute(GSI, TO_CPU_0, VECTOR)));
      vm.bare.vm().attachIrqFd(event, GSI);

      for (int i = 1; i <= 10_000; i++) {
        event.signal();
        awaitCount(DATA, i);
      }

      vm.bare.vm().detachIrqFd(event, GSI);
      event.signal();
      vm.bare.vm().signalMsi(TO_CPU_0, OTHER_VECTOR);
      awaitCount(OTHER, 1);
      assertEquals(10_000, vm.bare.memory().readInt(DATA));
    }
  }

  @Test
  void shouldFollow_whenARouteChangesWhileTheGuestRuns() {
    start();
    try (EventFd event = new EventFd("test", false)) {
      vm.bare.vm().setRoutes(List.of(new GsiRoute(GSI, TO_CPU_0, VECTOR)));
      vm.bare.vm().attachIrqFd(event, GSI);
      for (int i = 1; i <= 20; i++) {
        vm.bare.vm().setRoutes(List.of(new GsiRoute(GSI, TO_CPU_0, OTHER_VECTOR)));
        event.signal();
        awaitCount(OTHER, i);
        vm.bare.vm().setRoutes(List.of(new GsiRoute(GSI, TO_CPU_0, VECTOR)));
        event.signal();
        awaitCount(DATA, i);
      }
    }
  }

  @Test
  void shouldInterruptUntilTheLevelFalls_whenAPinIsLevelTriggered() {
    try (InterruptRouter router = new InterruptRouter()) {
      IoApic ioApic = LegacyDevices.ioApic("ioapic0", new IoApicConfig(false), router);
      vm.mmio.add(PlatformLayout.IOAPIC, ioApic);
      vm.endOfInterrupt = ioApic::endOfInterrupt;
      vm.pio.add(
          new AddressRange(PORT, 1),
          new BusDevice() {
            @Override
            public long read(long offset, int size) {
              return 0;
            }

            @Override
            public void write(long offset, int size, long value) {
              if (value % 3 == 0) {
                ioApic.setLevel(PIN, false);
              }
            }
          });
      router.attach(vm.bare.vm());
      start();

      for (int i = 1; i <= 10; i++) {
        ioApic.setLevel(PIN, true);
        awaitAtLeast(OTHER, 3 * i);
        // The third one is still being served: the end of its interrupt raises no fourth.
        vm.bare.vm().signalMsi(TO_CPU_0, VECTOR);
        awaitAtLeast(DATA, i);
        assertEquals(3 * i, vm.bare.memory().readInt(OTHER));
      }
      router.detach();
    }
  }

  private void start() {
    vm.bare.vm().attachIoEventFd(ready, IoEventAddress.pio(READY, 1));
    vm.start();
    ready.await();
  }

  private void awaitAtLeast(long gpa, int expected) {
    while (vm.bare.memory().readInt(gpa) < expected) {
      ready.await();
    }
  }

  private void awaitCount(long gpa, int expected) {
    awaitAtLeast(gpa, expected);
    assertEquals(expected, vm.bare.memory().readInt(gpa), "interrupts");
  }
}
