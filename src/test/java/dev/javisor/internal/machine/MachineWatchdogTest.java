package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.javisor.event.VmExit;
import dev.javisor.internal.legacy.LegacyDevices;
import dev.javisor.internal.smbios.SmbiosConfig;
import dev.javisor.internal.x86.PlatformLayout;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A guest starts its watchdog, and forgets it. */
@Timeout(60)
class MachineWatchdogTest {
  private static final int PORT = (int) PlatformLayout.WATCHDOG.base();

  private static MachineSpec withWatchdog(MachineSpec spec) {
    return MachineSpecs.withBoard(spec, new BoardSpec(SmbiosConfig.DEFAULT, true));
  }

  @Test
  void shouldStartAnew_whenTheGuestDoesNotSetItsWatchdogBack() {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.print("x");
              a.out(4, PORT + LegacyDevices.WATCHDOG_COUNTDOWN, 2);
              a.out(4, PORT + LegacyDevices.WATCHDOG_CONTROL, 1);
              a.spin();
            });
    try (MicroMachine vm = MicroMachine.create(guest, MachineWatchdogTest::withWatchdog)) {
      AtomicInteger resets = new AtomicInteger();
      vm.onReset(() -> resets.incrementAndGet() <= 2 ? null : new VmExit.Reset());
      vm.machine().boot();

      assertEquals(new VmExit.Reset(), vm.awaitExit());
      assertEquals("xxx", vm.console());
    }
  }
}
