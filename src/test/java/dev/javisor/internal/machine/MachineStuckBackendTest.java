package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.NetBackend;
import dev.javisor.backend.NetFrame;
import dev.javisor.backend.NetGuest;
import dev.javisor.config.DiskEngine;
import dev.javisor.event.VmExit;
import dev.javisor.internal.block.file.DiskSpec;
import dev.javisor.internal.net.MacAddress;
import dev.javisor.internal.net.NicLimiters;
import dev.javisor.internal.net.tap.NetSpec;
import dev.javisor.testing.microguest.HostResources;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroDriver;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A machine ends in time although a user's backend never returns, and what it still does is
 * harmless.
 */
@Timeout(60)
class MachineStuckBackendTest {
  /** Well beyond what the machine waits, for a busy host. */
  private static final long BOUND = Errands.PATIENCE_NANOS + TimeUnit.SECONDS.toNanos(15);

  private static final MicroDriver DISK = new MicroDriver(1);
  private static final MicroDriver.Queue REQUESTS = DISK.chains(0);
  private static final MicroGuest WRITING =
      MicroGuest.code(
          a -> {
            long header = REQUESTS.buffers();
            REQUESTS.part(a, 0, header, 16, false, false);
            REQUESTS.part(a, 1, header + 0x200, 512, false, false);
            REQUESTS.part(a, 2, header + 0x10, 1, true, true);
            a.store(4, Mem.at(header), 1);
            a.store(4, Mem.at(header + 0x200), 7);
            DISK.start(a, REQUESTS);
            REQUESTS.submit(a);
            a.spin();
          });

  private final HostResources before = HostResources.now();
  private final StuckDisk disk = new StuckDisk();

  @AfterEach
  void allIsGivenBackOnceTheBackendReturns() {
    disk.release();
    HostResources.awaitReturnTo(before);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldEnd_whenADiskNeverReturns(boolean shared) throws InterruptedException {
    Optional<QueueLoop> loop =
        shared
            ? Optional.of(new QueueLoop(body -> new Thread(body, "micro loop")))
            : Optional.empty();
    try (MicroMachine vm = machine(loop, DiskDevices.from(spec()))) {
      vm.machine().boot();
      disk.awaitRequest();

      closeInTime(vm);

      assertEquals(new VmExit.Killed(), vm.exit());
      disk.release();
      assertArrayEquals(new byte[8], disk.seen());
    }
  }

  @Test
  void shouldEnd_whenADiskNeverReturnsWhileItIsPaused() throws InterruptedException {
    try (MicroMachine vm = machine(Optional.empty(), DiskDevices.from(spec()))) {
      vm.machine().boot();
      disk.awaitRequest();
      CompletableFuture<Void> pause = CompletableFuture.runAsync(vm.machine()::pause);
      // It waits for the disk; should it not do so yet, it finds the machine ended.
      Thread.sleep(50);

      closeInTime(vm);

      try {
        pause.join();
      } catch (CompletionException e) {
        assertInstanceOf(IllegalStateException.class, e.getCause());
      }
      assertEquals(new VmExit.Killed(), vm.exit());
    }
  }

  @Test
  void shouldEnd_whenANetworkNeverReturns() {
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch detached = new CountDownLatch(1);
    NetBackend stuck =
        new NetBackend() {
          @Override
          public void attach(NetGuest guest) {}

          @Override
          public void transmit(NetFrame frame) {}

          @Override
          public void detach() {
            try {
              released.await();
              detached.countDown();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          }
        };
    NetSpec net =
        new NetSpec(
            "nets[0]",
            "net0",
            MacAddress.parse("02:00:00:00:00:01"),
            1,
            64,
            0,
            NicLimiters.UNLIMITED,
            stuck,
            null);
    MicroGuest idle = MicroGuest.code(a -> a.spin());
    try (MicroMachine vm =
        MicroMachine.create(idle, s -> with(s, Optional.empty(), new MachineNic(net)))) {
      vm.machine().boot();

      closeInTime(vm);

      assertEquals(1, detached.getCount());
    } finally {
      released.countDown();
    }
  }

  private static void closeInTime(MicroMachine vm) {
    long start = System.nanoTime();
    vm.machine().close();
    long nanos = System.nanoTime() - start;
    assertTrue(nanos < BOUND, () -> nanos + " ns");
  }

  private DiskSpec spec() {
    return new DiskSpec("disk0", "disk0", null, disk, false, false, 1, 16, "", DiskEngine.AUTO);
  }

  private static MicroMachine machine(Optional<QueueLoop> loop, PciDeviceFactory device) {
    return MicroMachine.create(WRITING, s -> with(s, loop, device));
  }

  private static MachineSpec with(
      MachineSpec spec, Optional<QueueLoop> loop, PciDeviceFactory device) {
    return MachineSpecs.withLoop(MachineSpecs.withDevices(spec, device), loop);
  }
}
