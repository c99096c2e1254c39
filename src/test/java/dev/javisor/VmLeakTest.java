package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VmExit;
import dev.javisor.testing.CapturedLog;
import dev.javisor.testing.microguest.HostResources;
import dev.javisor.testing.microguest.MicroGuest;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class VmLeakTest {
  private static final int CYCLES = 1000;
  private static final int AT_ONCE = 2;

  @TempDir Path directory;
  private VmFixture fixture;

  @BeforeEach
  void setUp() {
    fixture = new VmFixture(directory);
  }

  @Test
  void shouldReportWithTheStackOfItsCreation_whenItWasNeitherBootedNorClosed() throws Exception {
    try (CapturedLog log = new CapturedLog()) {
      CompletableFuture<VmExit> exit = buildAndForget("forgotten");

      collectUntilLogged(log, "VM forgotten was never closed");

      assertTrue(log.text().contains("it was created here"), log.text());
      assertTrue(log.text().contains("buildAndForget"), log.text());
      assertEquals(new VmExit.Killed(), exit.get(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void shouldRunOn_whenNobodyHoldsIt_andBeFreedAfterItsEnd() throws Exception {
    try (CapturedLog log = new CapturedLog()) {
      CompletableFuture<VmExit> exit = bootAndForget("ended");
      for (int i = 0; i < 5; i++) {
        System.gc();
        Thread.sleep(20);
      }
      assertFalse(exit.isDone());
      assertFalse(log.text().contains("VM ended"), log.text());

      fixture.machine().guestExits(new VmExit.PowerOff());

      assertEquals(new VmExit.PowerOff(), exit.get(20, TimeUnit.SECONDS));
      collectUntilLogged(log, "VM ended was never closed");
      VmFixture.await(() -> fixture.machine().calls.contains("close"));
    }
  }

  @Test
  void shouldReportNothing_whenItWasClosed() throws Exception {
    try (CapturedLog log = new CapturedLog()) {
      bootAndClose("closed");
      CompletableFuture<VmExit> witness = buildAndForget("witness of closed");

      collectUntilLogged(log, "VM witness of closed was never closed");

      assertEquals(new VmExit.Killed(), witness.get(20, TimeUnit.SECONDS));
      assertFalse(log.text().contains("VM closed"), log.text());
    }
  }

  @Test
  void shouldNotBeLost_whileItsConsoleIsHeld() throws Exception {
    try (CapturedLog log = new CapturedLog()) {
      Console console = fixture.builder().name("kept").build().console();
      CompletableFuture<VmExit> witness = buildAndForget("witness of kept");

      collectUntilLogged(log, "VM witness of kept was never closed");

      assertFalse(log.text().contains("VM kept"), log.text());
      assertEquals("", console.text());
      assertEquals(new VmExit.Killed(), witness.get(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void shouldLeaveNothingBehind_whenAThousandHaveComeAndGoneOnKvm() throws Exception {
    Path kernel = MicroGuest.code(a -> {}).write(directory.resolve("microguest"));
    bootAndClose(kernel, 50);
    HostResources before = HostResources.now();

    bootAndClose(kernel, CYCLES);

    HostResources.awaitReturnTo(before);
    HostResources after = HostResources.now();
    // Each machine has 4 MiB of RAM alone; the JVM itself may take some for its own ends.
    assertTrue(
        after.virtualMib() - before.virtualMib() < CYCLES, () -> before + " became " + after);
  }

  private static void bootAndClose(Path kernel, int cycles) throws Exception {
    Callable<Void> share =
        () -> {
          for (int i = 0; i < cycles / AT_ONCE; i++) {
            try (VirtualMachine vm =
                VirtualMachine.builder().kernel(kernel).memory("4M").build().boot()) {
              assertEquals(new VmExit.PowerOff(), vm.awaitExit(VmFixture.LONG));
            }
          }
          return null;
        };
    ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
    try {
      for (Future<Void> done : pool.invokeAll(List.of(share, share))) {
        done.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private CompletableFuture<VmExit> buildAndForget(String name) {
    return fixture.builder().name(name).build().exit();
  }

  private CompletableFuture<VmExit> bootAndForget(String name) {
    return fixture.builder().name(name).build().boot().exit();
  }

  private void bootAndClose(String name) {
    fixture.builder().name(name).build().boot().close();
  }

  private static void collectUntilLogged(CapturedLog log, String text) throws InterruptedException {
    VmFixture.await(
        () -> {
          System.gc();
          return log.text().contains(text);
        });
  }
}
