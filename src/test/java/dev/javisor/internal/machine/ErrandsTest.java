package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VmExit;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.testing.microguest.MicroMachine;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ErrandsTest {
  private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(100);

  private final GuestMemory memory =
      GuestRam.map(new RamSpec(1 << 20, false, false, true, false), 1L << 31);
  private final Ending ending = new Ending();
  private final CountDownLatch never = new CountDownLatch(1);
  private final List<String> done = new CopyOnWriteArrayList<>();
  private final Errands errands = errands(Thread::new);

  @AfterEach
  void letAllGoOn() {
    never.countDown();
    memory.close();
  }

  @Test
  void shouldWaitForAll_whenNothingPresses() {
    errands.finish(Map.of("a", () -> done.add("a"), "b", () -> done.add("b")));

    assertEquals(List.of("a", "b"), done.stream().sorted().toList());
  }

  @Test
  void shouldLetGoOfOneOnly_whenThatOneDoesNotEndAndTheEndPresses() {
    ending.press();

    errands.finish(Map.of("stuck", this::stick, "good", () -> done.add("good")));

    assertEquals(List.of("good"), done);
  }

  @Test
  void shouldKeepMemoryMapped_untilTheOneThatWasLeftAloneEnds() {
    memory.writeByte(0, (byte) 1);
    ending.press();
    errands.finish(
        Map.of(
            "stuck",
            () -> {
              stick();
              done.add("read " + memory.readByte(0));
            }));

    memory.close();
    never.countDown();

    MicroMachine.await(() -> done.equals(List.of("read 0")), done::toString);
    MicroMachine.await(this::isUnmapped, () -> "the memory is mapped still");
  }

  @Test
  void shouldFail_whenTheEndComesBeforeTheStepIsDone() {
    Thread killer = new Thread(() -> ending.hostEnd(new VmExit.Killed()));
    killer.start();

    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> errands.run("pause", this::stick));

    assertTrue(e.getMessage().contains("pause"), e.getMessage());
  }

  @Test
  void shouldThrowWhatTheStepThrows() {
    RuntimeException thrown = new IllegalArgumentException("so");

    assertSame(
        thrown,
        assertThrows(
            IllegalArgumentException.class,
            () ->
                errands.run(
                    "reset",
                    () -> {
                      throw thrown;
                    })));
  }

  @Test
  void shouldGoOn_whenAStepOfSeveralThrows() {
    errands.finish(
        Map.of(
            "bad",
            () -> {
              throw new AssertionError("for the log");
            },
            "good",
            () -> done.add("good")));

    assertEquals(List.of("good"), done);
  }

  @Test
  void shouldDoItAllTheSame_whenThereIsNoThread() {
    Errands without =
        errands(
            body -> {
              throw new IllegalStateException("the factory made none");
            });

    without.run("pause", () -> done.add("pause"));

    assertEquals(List.of("pause"), done);
  }

  @Test
  void shouldKeepTheInterrupt() {
    Thread.currentThread().interrupt();

    errands.run("pause", () -> done.add("pause"));

    assertTrue(Thread.interrupted());
    assertEquals(List.of("pause"), done);
  }

  private boolean isUnmapped() {
    try {
      // The lease's end and the unmapping are one step: none can be had once that has come.
      memory.lease(0, 0).close();
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  private void stick() {
    try {
      never.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Errands errands(Function<Runnable, Thread> factory) {
    return new Errands((role, body) -> factory.apply(body), memory, ending, PATIENCE);
  }
}
