package dev.javisor.internal.console;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConsoleInputTest {
  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
  private final AtomicBoolean open = new AtomicBoolean(true);
  private final AtomicInteger room = new AtomicInteger();
  private final ConsoleInput input = new ConsoleInput(this::offer);

  @Test
  void shouldTypeAtOnce_whenThereIsRoom() throws Exception {
    room.set(10);

    assertEquals(5, input.write(bytes("hello"), open::get));
    assertEquals("hello", taken.toString(US_ASCII));
  }

  @Test
  void shouldWaitForTheGuest_whenThereIsNoRoom() throws Exception {
    room.set(2);
    CompletableFuture<Object> result = write("hello world");
    awaitTaken("he");

    room.set(3);
    input.ready();
    awaitTaken("hello");
    room.set(100);
    input.ready();

    assertEquals(11, result.get(20, TimeUnit.SECONDS));
    assertEquals("hello world", taken.toString(US_ASCII));
  }

  @Test
  void shouldGoOn_whenTheGuestDoesNotSayThatItHasRoom() throws Exception {
    CompletableFuture<Object> result = write("x");

    room.set(1);

    assertEquals(1, result.get(20, TimeUnit.SECONDS));
  }

  @Test
  void shouldNotMixWhatTwoWrite() throws Exception {
    room.set(1);
    CompletableFuture<Object> first = write("aaaa");
    awaitTaken("a");
    CompletableFuture<Object> second = write("bbbb");

    room.set(100);
    input.ready();
    first.get(20, TimeUnit.SECONDS);
    second.get(20, TimeUnit.SECONDS);

    assertEquals("aaaabbbb", taken.toString(US_ASCII));
  }

  @Test
  void shouldTellHowMuchWasTaken_whenTheGuestEnds() throws Exception {
    room.set(2);
    CompletableFuture<Object> result = write("hello");
    awaitTaken("he");

    open.set(false);
    input.ready();

    assertEquals(2, result.get(20, TimeUnit.SECONDS));
  }

  @Test
  void shouldStopWaiting_whenInterrupted() throws Exception {
    CompletableFuture<Object> result = new CompletableFuture<>();
    Thread writer = new Thread(() -> write("hello", result));
    writer.start();

    writer.interrupt();

    assertInstanceOf(InterruptedException.class, result.get(20, TimeUnit.SECONDS));
  }

  @Test
  void shouldStopWaitingForAnotherWriter_whenInterrupted() throws Exception {
    CompletableFuture<Object> first = write("hello");
    CompletableFuture<Object> result = new CompletableFuture<>();
    Thread writer = new Thread(() -> write("world", result));
    writer.start();

    writer.interrupt();

    assertInstanceOf(InterruptedException.class, result.get(20, TimeUnit.SECONDS));
    assertFalse(first.isDone());
    open.set(false);
    input.ready();
    assertEquals(0, first.get(20, TimeUnit.SECONDS));
  }

  private int offer(byte[] bytes, int offset, int length) {
    int now = Math.min(room.get(), length);
    taken.write(bytes, offset, now);
    room.addAndGet(-now);
    return now;
  }

  private CompletableFuture<Object> write(String text) {
    CompletableFuture<Object> result = new CompletableFuture<>();
    new Thread(() -> write(text, result)).start();
    return result;
  }

  private void write(String text, CompletableFuture<Object> result) {
    try {
      result.complete(input.write(bytes(text), open::get));
    } catch (InterruptedException e) {
      result.complete(e);
    }
  }

  private void awaitTaken(String text) throws InterruptedException {
    while (!taken.toString(US_ASCII).equals(text)) {
      Thread.sleep(1);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }
}
