package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.bus.QueuePoll;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** A poller on a clock that goes on by a microsecond whenever it is looked at. */
class PollerTest {
  private static final long TICK = 1_000;
  private static final long MOST = 32_000;

  private final List<String> calls = new ArrayList<>();
  private IntPredicate ready = look -> false;
  private int comesWhileListening;
  private int looks;
  private long now;
  private Runnable onLook = () -> {};
  private Runnable task = () -> calls.add("run");

  private final QueuePoll poll =
      new QueuePoll() {
        @Override
        public long mostNanos() {
          return MOST;
        }

        @Override
        public boolean ready() {
          onLook.run();
          return ready.test(++looks);
        }

        @Override
        public boolean listen() {
          calls.add("listen");
          return comesWhileListening-- > 0;
        }
      };

  private final Poller poller =
      new Poller(() -> task.run(), poll, new PollPause(1, 4), () -> now += TICK);

  /** Wakes it up after it has slept. */
  private void wakeAfter(long nanos) {
    now += nanos;
    poller.run();
  }

  /** Teaches it that work comes soon, so that it looks as long as it may. */
  private void grow() {
    for (int i = 0; i < 6; i++) {
      wakeAfter(0);
    }
    calls.clear();
    looks = 0;
  }

  @Test
  void shouldRunListenAndSleep_whenItHasLearnedNothing() {
    poller.run();

    assertEquals(List.of("run", "listen"), calls);
    assertEquals(1, looks);
  }

  @Test
  void shouldLookAsLongAsItMay_whenWorkCameSoon() {
    grow();

    wakeAfter(0);

    assertEquals(List.of("run", "listen"), calls);
    assertEquals(MOST / TICK, looks);
  }

  @Test
  void shouldLookNoMore_whenWorkIsRare() {
    grow();
    for (int i = 0; i < 6; i++) {
      wakeAfter(10_000_000);
    }
    looks = 0;

    wakeAfter(10_000_000);

    assertEquals(1, looks);
  }

  @Test
  void shouldRunWithoutListening_whenItFindsWork() {
    grow();
    ready = look -> look % 10 == 0 && look <= 30;

    wakeAfter(0);

    assertEquals(List.of("run", "run", "run", "run", "listen"), calls);
  }

  @Test
  void shouldRunAgain_whenSomethingCameWhileItListened() {
    comesWhileListening = 2;

    poller.run();

    assertEquals(List.of("run", "listen", "run", "listen", "run", "listen"), calls);
  }

  @Test
  void shouldEndALookAtOnce_whenItIsWoken() {
    grow();
    onLook =
        () -> {
          if (looks == 3) {
            poller.leave();
          }
        };

    wakeAfter(0);
    assertEquals(4, looks);

    onLook = () -> {};
    wakeAfter(0);
    assertTrue(looks > 10, "it looks again afterwards");
  }

  @Test
  void shouldNotLook_onceItHasGivenUp() {
    grow();
    onLook =
        () -> {
          if (looks == 3) {
            poller.giveUp();
          }
        };

    wakeAfter(0);
    assertEquals(4, looks);

    wakeAfter(0);
    assertEquals(5, looks);
  }

  @Test
  void shouldServeWhatCame_whenItIsWokenInTheSameMoment() {
    // The signal may have been taken before this run: nobody would come back for it.
    task =
        () -> {
          calls.add("run");
          poller.leave();
        };
    comesWhileListening = 1;

    poller.run();

    assertEquals(List.of("run", "listen", "run", "listen"), calls);
  }

  @Test
  void shouldEndAtOnceButListen_whenItIsStopped() {
    grow();
    comesWhileListening = 1;
    onLook =
        () -> {
          if (looks == 3) {
            poller.stop();
          }
        };
    ready = look -> look > 3;

    wakeAfter(0);
    assertEquals(List.of("run", "run", "listen"), calls, "whoever lets it go on wakes it");

    calls.clear();
    onLook = () -> {};
    ready = look -> false;
    poller.goOn();
    looks = 0;
    wakeAfter(0);
    assertEquals(List.of("run", "listen"), calls);
    assertTrue(looks > 10);
  }

  @Test
  void shouldListen_whenTheTaskThrows() {
    task =
        () -> {
          throw new IllegalStateException("on purpose");
        };

    assertThrows(IllegalStateException.class, poller::run);

    assertEquals(List.of("listen"), calls);
  }
}
