package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.BootStage;
import dev.javisor.event.VmExit;
import dev.javisor.testing.microguest.HostResources;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The host fails under a machine. */
@Timeout(60)
class MachineFailureTest {
  private static final MicroGuest SPINNING = MicroGuest.code(a -> a.spin());

  private final HostResources before = HostResources.now();

  @Test
  void shouldGiveEverythingBack_whenAThreadCannotBeMade() {
    boolean several = Runtime.getRuntime().availableProcessors() > 1;
    for (String refused : List.of("vcpu1", "control", several ? "loader0" : "vcpu0")) {
      List<Thread> made = new CopyOnWriteArrayList<>();
      MachineThreads some =
          (role, body) -> {
            if (role.equals(refused)) {
              throw new IllegalStateException("no more threads");
            }
            Thread thread = new Thread(body, "micro " + role);
            made.add(thread);
            return thread;
          };
      MicroGuest guest = MicroGuest.code(a -> a.spin()).cpus(2);
      try (MicroMachine vm = MicroMachine.create(guest, spec -> with(spec, some))) {
        MachineBootException e =
            assertThrows(MachineBootException.class, () -> vm.machine().boot());
        assertEquals("no more threads", e.getMessage());
        vm.machine().close();

        made.forEach(thread -> assertFalse(thread.isAlive(), refused));
        assertReleased();
        assertNull(vm.exit());
      }
    }
  }

  @Test
  void shouldGiveEverythingBack_whenAThreadCannotBeStarted() {
    MachineThreads broken =
        (role, body) ->
            new Thread(body, "micro " + role) {
              @Override
              public synchronized void start() {
                if (role.equals("vcpu0")) {
                  super.start();
                } else {
                  throw new OutOfMemoryError("unable to create native thread");
                }
              }
            };
    try (MicroMachine vm = MicroMachine.create(SPINNING, spec -> with(spec, broken))) {
      assertThrows(OutOfMemoryError.class, () -> vm.machine().boot());
      vm.machine().close();

      assertReleased();
    }
  }

  @Test
  void shouldEndAsFailed_whenTheKernelIsGoneAtTheHostsReset() throws IOException {
    try (MicroMachine vm = SPINNING.boot()) {
      Files.write(vm.kernel(), new byte[100]);

      vm.machine().reset();

      VmExit.Failed exit = assertInstanceOf(VmExit.Failed.class, vm.awaitExit());
      assertInstanceOf(MachineBootException.class, exit.cause());
      assertTrue(exit.cause().getMessage().contains("has become shorter"), exit.toString());
      // The thread that told of the end may not have ended itself.
      vm.machine().close();
      assertReleased();
    }
  }

  @Test
  void shouldEndAsFailed_whenTheKernelIsGoneAtTheGuestsReset() throws IOException {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.await(Mem.at(MicroGuest.DATA), 1);
              a.reset();
            });
    try (MicroMachine vm = guest.boot()) {
      Files.write(vm.kernel(), new byte[100]);
      vm.memory().writeInt(MicroGuest.DATA, 1);

      assertInstanceOf(VmExit.Failed.class, vm.awaitExit());
    }
  }

  @Test
  void shouldFailAtItsStage_whenTheKernelIsGoneAtTheBoot() throws IOException {
    try (MicroMachine vm = MicroMachine.create(SPINNING, spec -> spec)) {
      Files.delete(vm.kernel());

      MachineBootException e = assertThrows(MachineBootException.class, () -> vm.machine().boot());

      assertEquals(BootStage.KERNEL, e.stage());
      assertEquals("ENOENT", e.errno().orElseThrow());
      vm.machine().close();
      assertReleased();
    }
  }

  @Test
  void shouldNotBoot_whenItWasKilledBefore() {
    try (MicroMachine vm = MicroMachine.create(SPINNING, spec -> spec)) {
      vm.machine().kill();

      MachineBootException e = assertThrows(MachineBootException.class, () -> vm.machine().boot());

      assertEquals(BootStage.START, e.stage());
      vm.machine().close();
      assertReleased();
      assertNull(vm.exit());
    }
  }

  private void assertReleased() {
    HostResources.awaitReturnTo(before);
  }

  private static MachineSpec with(MachineSpec spec, MachineThreads threads) {
    return new MachineSpec(
        spec.name(), spec.payload(), spec.cpus(), spec.ram(), spec.pciDevices(), threads);
  }
}
