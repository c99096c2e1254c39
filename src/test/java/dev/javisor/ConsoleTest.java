package dev.javisor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.javisor.error.VmStateException;
import dev.javisor.event.VmState;
import dev.javisor.testing.CapturedLog;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

@Timeout(60)
class ConsoleTest {
  @TempDir Path directory;
  private VmFixture fixture;

  @BeforeEach
  void setUp() {
    fixture = new VmFixture(directory);
  }

  @Test
  void shouldShowAllOfIt_thenItsTail() {
    try (VirtualMachine vm = fixture.boot()) {
      fixture.machine().guestWrites("one\r\ntwo\r\nthr\u20ac");

      assertEquals("one\ntwo\nthr\u20ac", vm.console().text());
      assertEquals("two\nthr\u20ac", vm.console().tail(2));
      assertEquals("", vm.console().tail(0));
      assertEquals(0, vm.console().droppedBytes());
      assertThrows(IllegalArgumentException.class, () -> vm.console().tail(-1));
    }
  }

  @Test
  void shouldTellWhatItDropped() {
    try (VirtualMachine vm = fixture.builder().consoleBuffer("4K").build().boot()) {
      fixture.machine().guestWrites("x".repeat(5000));

      assertEquals(904, vm.console().droppedBytes());
      assertEquals(
          "[javisor: 904 bytes of console output dropped]\n" + "x".repeat(4096),
          vm.console().text());
    }
  }

  @Test
  void shouldHandLinesOverWhileTheGuestRuns() throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    try (VirtualMachine vm = fixture.builder().console(lines::add).build().boot()) {
      fixture.machine().guestWrites("one\r\ntw");
      VmFixture.await(() -> lines.equals(List.of("one")));
      // Long enough for the event thread to go to sleep, and have to be woken.
      Thread.sleep(200);
      fixture.machine().guestWrites("o\nthree");
      VmFixture.await(() -> lines.equals(List.of("one", "two")));
      assertEquals(VmState.RUNNING, vm.state());
    }

    assertEquals(List.of("one", "two", "three"), lines);
  }

  @Test
  void shouldWriteBytesToAStreamWithoutWaitingForALine() throws Exception {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (VirtualMachine vm = fixture.builder().consoleOutput(stream).build().boot()) {
      fixture.machine().guestWrites("login: ");

      VmFixture.await(() -> stream.toString(UTF_8).equals("login: "));
      assertEquals(VmState.RUNNING, vm.state());
    }
  }

  @Test
  void shouldLogLines() {
    Logger logger = mock(Logger.class);
    when(logger.isInfoEnabled()).thenReturn(true);

    VirtualMachine vm = fixture.builder().consoleLog(logger).build().boot();
    fixture.machine().guestWrites("hello\u001b\n");
    vm.close();

    verify(logger).info(anyString(), eq((Object) "hello?"));
  }

  @Test
  void shouldGiveEachConsumerEverything_alsoWhenAnotherFails() throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    String log =
        CapturedLog.of(
            () -> {
              VirtualMachine vm =
                  fixture
                      .builder()
                      .console(
                          line -> {
                            throw new IllegalStateException("on purpose");
                          })
                      .console(lines::add)
                      .build()
                      .boot();
              fixture.machine().guestWrites("one\n");
              fixture.machine().guestWrites("two\n");
              vm.close();
            });

    assertEquals(List.of("one", "two"), lines);
    assertEquals(1, log.split("console consumer .* failed", -1).length - 1, log);
  }

  @Test
  void shouldNeverHoldTheGuestUp_whenAConsumerBlocks() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    List<String> lines = new CopyOnWriteArrayList<>();
    try (VirtualMachine vm =
        fixture
            .builder()
            .consoleBuffer("4K")
            .console(
                line -> {
                  lines.add(line);
                  try {
                    go.await();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                })
            .build()
            .boot()) {
      fixture.machine().guestWrites("first\n");
      VmFixture.await(() -> !lines.isEmpty());

      fixture.machine().guestWrites("flood\n".repeat(10_000));
      go.countDown();
      VmFixture.await(() -> lines.size() > 600);

      String notice = lines.get(1);
      assertTrue(notice.startsWith("[javisor: 559"), notice);
      assertTrue(lines.size() < 800, () -> "" + lines.size());
      assertEquals(VmState.RUNNING, vm.state());
    }
  }

  @Test
  void shouldTypeWhatIsWritten_waitingForTheGuest() throws Exception {
    try (VirtualMachine vm = fixture.boot()) {
      CompletableFuture<Void> written = write(vm, "0123456789abcdef\u20ac\n");
      VmFixture.await(() -> fixture.machine().typed.size() == 16);

      fixture.machine().guestReads(16);

      written.get(20, TimeUnit.SECONDS);
      assertEquals("0123456789abcdef\u20ac\n", fixture.machine().typed.toString(UTF_8));
    }
  }

  @Test
  void shouldStopWaiting_whenTheMachineIsClosed() throws Exception {
    VirtualMachine vm = fixture.boot();
    CompletableFuture<Void> written = write(vm, "x".repeat(100));
    VmFixture.await(() -> fixture.machine().typed.size() == 16);

    vm.close();

    Throwable thrown = written.handle((nothing, e) -> e.getCause()).get(20, TimeUnit.SECONDS);
    assertInstanceOf(VmStateException.class, thrown);
    assertTrue(thrown.getMessage().contains("the guest took 16 of 100 bytes"), thrown.toString());
  }

  private static CompletableFuture<Void> write(VirtualMachine vm, String text) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            vm.console().write(text);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
  }
}
