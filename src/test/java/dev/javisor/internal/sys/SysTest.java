package dev.javisor.internal.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysTest {
  @TempDir Path folder;

  @Test
  void shouldNameErrno_whenACallFails() {
    NativeException e =
        assertThrows(NativeException.class, () -> Fd.open(folder.resolve("missing"), Fd.O_RDONLY));

    assertEquals(Errno.ENOENT, e.errno());
    assertTrue(e.getMessage().startsWith("open failed with ENOENT (2): "), e.getMessage());
    assertTrue(e.getMessage().endsWith("/missing"), e.getMessage());
  }

  @Test
  void shouldReadTheErrnoOfItsOwnThread_whenThreadsFailDifferently() throws Exception {
    Thread other =
        new Thread(
            () -> {
              for (int i = 0; i < 20_000; i++) {
                assertEquals(-Errno.EBADF, Sys.call(Syscall.CLOSE, -1, 0, 0));
              }
            });
    int[] uncaught = {0};
    other.setUncaughtExceptionHandler((t, e) -> uncaught[0]++);
    other.start();

    for (int i = 0; i < 20_000; i++) {
      assertEquals(-Errno.EINVAL, Sys.call(Syscall.MUNMAP, 1, 4096, 0));
    }
    other.join();

    assertEquals(0, uncaught[0]);
  }

  @Test
  void shouldStopAtTheEnd_whenFileIsShorterThanAsked() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[] {1, 2, 3, 4, 5});
    NativeBuffer target = NativeBuffer.ofSize(16);

    try (Fd fd = Fd.open(file, Fd.O_RDONLY)) {
      long count = fd.readFully(target.address(), 16, 2);

      assertEquals(3, count);
      assertEquals(5, fd.size());
      assertEquals(3, target.bytes().get(0));
    }
  }

  @Test
  void shouldFailWithEbadf_whenDescriptorIsClosed() {
    EventFd event = new EventFd("test", false);
    event.signal();
    event.signal();
    assertEquals(2, event.await());
    assertEquals(0, event.await());

    event.close();
    event.close();

    assertEquals(-Errno.EBADF, event.tryIoctl(0, 0));
    assertEquals(Errno.EBADF, assertThrows(NativeException.class, event::await).errno());
  }

  @Test
  void shouldSurviveAKick_whenThreadHasNotBlockedIt() {
    KickSignal.ignore();

    KickSignal.send(KickSignal.currentThread());

    assertTrue(Thread.currentThread().isAlive());
  }

  @Test
  void shouldDrainPendingKicks_whenBlocked() {
    KickSignal.ignore();
    Thread thread =
        new Thread(
            () -> {
              long mask = KickSignal.block();
              assertEquals(0, mask & 1L << (KickSignal.number() - 1));
              KickSignal.send(KickSignal.currentThread());
              KickSignal.send(KickSignal.currentThread());
              KickSignal.drain();
            });
    int[] uncaught = {0};
    thread.setUncaughtExceptionHandler((t, e) -> uncaught[0]++);

    thread.start();
    assertTrue(join(thread));

    assertEquals(0, uncaught[0]);
  }

  @Test
  void shouldRefuse_whenSignalPropertyIsNoRealTimeSignal() {
    System.setProperty(KickSignal.PROPERTY, "9");
    try {
      IllegalArgumentException e = assertThrows(IllegalArgumentException.class, KickSignal::number);
      assertTrue(e.getMessage().contains("34 to 64"), e.getMessage());
    } finally {
      System.clearProperty(KickSignal.PROPERTY);
    }
  }

  @Test
  void shouldRefuse_whenStringHoldsNul() {
    assertThrows(IllegalArgumentException.class, () -> NativeBuffer.ofString("a\0b"));
  }

  private static boolean join(Thread thread) {
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
