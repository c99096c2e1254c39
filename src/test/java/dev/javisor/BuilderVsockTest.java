package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.VsockConfig;
import dev.javisor.error.VsockException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is said about vsock devices, and what is wrong with it. */
class BuilderVsockTest extends BuilderFixture {
  private void refused(String key, String value, String hint, Consumer<VsockConfig> vsock) {
    assertProblem("vsock." + key, value, hint, fixture.builder().vsock(vsock));
  }

  @Test
  void shouldTakeADevice() {
    assertEquals(1, boot(fixture.builder().vsock()).pciDevices().size());
  }

  @Test
  void shouldRefuse_whenTheAddressIsASpecialOne() {
    refused("cid", "2", "2 is the host", v -> v.cid(2));
    refused("cid", "4294967295", "3 to 4294967294", v -> v.cid(0xffff_ffffL));
    refused("cid", "-1", "3 to", v -> v.cid(-1));
  }

  @Test
  void shouldRefuse_whenTheSocketCannotBe() {
    refused("socket", "/nosuch/x", "no directory", v -> v.socket(Path.of("/nosuch/x")));
    refused("socket", "/etc/passwd", "no socket", v -> v.socket(Path.of("/etc/passwd")));
    refused("id", "", "1 to 64", v -> v.id(""));
  }

  @Test
  void shouldListenAndNotConnect_beforeTheBoot() {
    try (VirtualMachine vm = fixture.builder().vsock(v -> v.cid(7)).build()) {
      Vsock vsock = vm.vsock();
      assertEquals(7, vsock.cid());
      assertTrue(vsock.socket().isEmpty());

      try (VsockListener listener = vsock.listen(-2, channel -> {})) {
        assertEquals(-2, listener.port());
        Exception e =
            assertThrows(IllegalStateException.class, () -> vsock.listen(-2, channel -> {}));
        assertTrue(e.getMessage().contains("4294967294"), e.getMessage());
      }
      vsock.listen(-2, Runnable::run, channel -> {}).close();
      assertThrows(IllegalArgumentException.class, () -> vsock.listen(-1, channel -> {}));
      VsockException e = assertThrows(VsockException.class, () -> vsock.connect(1));
      assertEquals(VsockException.Reason.NOT_RUNNING, e.reason());
    }
  }

  @Test
  void shouldSayHow_whenThereIsNoDevice() {
    try (VirtualMachine vm = fixture.builder().build()) {
      Exception e = assertThrows(IllegalStateException.class, vm::vsock);
      assertTrue(e.getMessage().contains("vsock()"), e.getMessage());
    }
  }
}
