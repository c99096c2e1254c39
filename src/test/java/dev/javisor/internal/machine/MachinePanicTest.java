package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.Reg.RBX;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.javisor.event.VmExit;
import dev.javisor.internal.pci.PciDevices;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A guest tells of its panic by the panic device, and spins. */
@Timeout(60)
class MachinePanicTest {
  private static final long BAR = 0xc000_0000L;

  private static MachineSpec withPvPanic(MachineSpec spec) {
    return MachineSpecs.withDevices(spec, host -> PciDevices.pvPanic("pvpanic0", host.system()));
  }

  @Test
  void shouldEndWithPanic_whenTheGuestTellsOfOne() {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.mov(RBX, BAR);
              a.store(1, Mem.at(RBX), 2);
              a.print("crash kernel");
              a.store(1, Mem.at(RBX), 1);
              a.spin();
            });
    try (MicroMachine vm = MicroMachine.create(guest, MachinePanicTest::withPvPanic)) {
      vm.machine().boot();

      assertEquals(new VmExit.Panic("the guest told of it by pvpanic"), vm.awaitExit());
      assertEquals("crash kernel", vm.console());
    }
  }
}
