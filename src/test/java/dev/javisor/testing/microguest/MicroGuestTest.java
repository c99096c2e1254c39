package dev.javisor.testing.microguest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VmExit;
import dev.javisor.internal.kvm.KvmExit;
import org.junit.jupiter.api.Test;

class MicroGuestTest {
  @Test
  void shouldPrintAndSwitchOff() {
    MicroGuest guest = MicroGuest.code(a -> a.print("hi"));

    try (MicroMachine vm = guest.boot()) {
      assertEquals(new VmExit.PowerOff(), vm.awaitExit());
      assertEquals("hi", vm.console());
    }
  }

  @Test
  void shouldRunOnABareMachine() {
    try (BareMachine vm = MicroGuest.code(a -> a.out(4, 0x80, 0x1234_5678)).bare()) {
      assertEquals(0x1234_5678, vm.runTo(KvmExit.IO).ioValue(0));
    }
  }

  @Test
  void shouldTellTheException_whenNothingHandlesIt() {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.mov(Reg.RBX, 1L << 40);
              a.load(4, Reg.RAX, Mem.at(Reg.RBX, 0x10));
            });

    try (MicroMachine vm = guest.boot()) {
      AssertionError e = assertThrows(AssertionError.class, vm::awaitExit);
      assertTrue(
          e.getMessage().contains("!trap 000000000000000e 0000000000000004"), e.getMessage());
      assertTrue(e.getMessage().contains(" 0000010000000010\n"), e.getMessage());
    }
  }
}
