package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VmExit;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class VmLeakTest {
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
