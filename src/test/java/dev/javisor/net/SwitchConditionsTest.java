package dev.javisor.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.LinkConditions;
import dev.javisor.net.SwitchBench.Guest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What links do to frames, by seed and by a clock that the test moves. */
class SwitchConditionsTest {
  private static final int MANY = 10_000;

  /** Sends a frame a millisecond from a to b, whose cable has these conditions. */
  private static Guest stream(SwitchBench bench, LinkConditions conditions) {
    Guest a = bench.plug("a", 1);
    Guest b = bench.plug("b", 2);
    bench.network.conditions("b", conditions);
    for (int i = 0; i < MANY; i++) {
      a.send(b);
      bench.advance(Duration.ofMillis(1));
    }
    bench.advance(Duration.ofSeconds(10));
    return b;
  }

  private static List<Integer> received(long seed, LinkConditions conditions) {
    try (SwitchBench bench = new SwitchBench(seed)) {
      return stream(bench, conditions).numbers;
    }
  }

  private static LinkConditions latency(int millis) {
    return LinkConditions.builder().latency(Duration.ofMillis(millis)).build();
  }

  @Test
  void shouldLoseItsShare_theSameForTheSameSeed() {
    LinkConditions tenth = LinkConditions.builder().loss(0.1).build();

    List<Integer> arrived = received(7, tenth);

    int lost = MANY - arrived.size();
    assertTrue(lost > 900 && lost < 1100, "lost: " + lost);
    assertEquals(arrived, received(7, tenth));
    assertNotEquals(arrived, received(8, tenth));
  }

  @Test
  void shouldLoseTheSameFrames_whateverElseALinkDoes() {
    LinkConditions tenth = LinkConditions.builder().loss(0.1).build();
    LinkConditions more =
        tenth.toBuilder()
            .latency(Duration.ofMillis(3))
            .jitter(Duration.ofMillis(2))
            .bandwidth(1_000_000)
            .build();

    assertEquals(received(7, tenth), received(7, more));
  }

  @Test
  void shouldLoseAllOrNone_atTheEndsOfTheScale() {
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest b = stream(bench, LinkConditions.builder().loss(1).bandwidth(1).build());

      assertEquals(List.of(), b.numbers);
      assertEquals(MANY, bench.network.counters("a").lost());
    }
    assertEquals(MANY, received(1, latency(1)).size());
  }

  @Test
  void shouldDelayByLatency_onEachCableAndPath() {
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);
      bench.network.conditions("a", latency(10));
      bench.network.conditions("b", latency(3));
      bench.network.conditions("a", "b", latency(100));

      a.send(b);
      b.send(a);
      bench.advance(Duration.ofSeconds(1));

      assertEquals(List.of(113L), b.millis);
      assertEquals(List.of(13L), a.millis, "the path back has no conditions");
    }
  }

  @Test
  void shouldSpreadByJitter_andKeepTheOrder() {
    try (SwitchBench bench = new SwitchBench(3)) {
      Guest b =
          stream(
              bench,
              LinkConditions.builder()
                  .latency(Duration.ofMillis(20))
                  .jitter(Duration.ofMillis(10))
                  .build());

      assertEquals(IntStream.range(0, MANY).boxed().toList(), b.numbers);
      List<Long> delays = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        delays.add(b.millis.get(i) - i);
      }
      assertTrue(delays.stream().allMatch(delay -> delay >= 10 && delay <= 30), "in bounds");
      assertTrue(new HashSet<>(delays).size() > 10, "spread");
    }
  }

  @Test
  void shouldDoubleItsShare() {
    try (SwitchBench bench = new SwitchBench(5)) {
      Guest b = stream(bench, LinkConditions.builder().duplication(0.05).build());

      int doubled = b.numbers.size() - MANY;
      assertTrue(doubled > 400 && doubled < 600, "doubled: " + doubled);
      assertEquals(MANY, new HashSet<>(b.numbers).size());
      assertEquals(doubled, bench.network.counters("a").duplicated());
    }
  }

  @Test
  void shouldReorderItsShare() {
    try (SwitchBench bench = new SwitchBench(5)) {
      Guest b = stream(bench, LinkConditions.builder().reordering(0.1).build());

      int steps = 0;
      for (int i = 1; i < MANY; i++) {
        steps += b.numbers.get(i) < b.numbers.get(i - 1) ? 1 : 0;
      }
      assertEquals(MANY, b.numbers.size());
      assertTrue(steps > 700 && steps < 1100, "steps back: " + steps);
      long overtaken = bench.network.counters("a").overtaken();
      assertTrue(overtaken > 900 && overtaken < 1100, "overtaken: " + overtaken);
    }
  }

  @Test
  void shouldKeepToABandwidth_ofBytes() {
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);
      bench.network.conditions("a", LinkConditions.builder().bandwidth(8_000_000).build());

      for (int i = 0; i < 100; i++) {
        a.send(b, 1000);
      }
      b.send(a);
      bench.advance(Duration.ofMillis(50));

      assertEquals(50, b.numbers.size(), "a byte a microsecond");
      assertEquals(1, a.numbers.size(), "the other direction is free");
      bench.advance(Duration.ofMillis(50));
      assertEquals(100, b.numbers.size());
    }
  }

  @Test
  void shouldShareAReceiversBandwidth_withoutHoldingUpOthers() {
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);
      Guest c = bench.plug("c", 3);
      bench.network.conditions("c", LinkConditions.builder().bandwidth(8_000_000).build());
      b.broadcast();
      c.broadcast();
      bench.advance(Duration.ofMillis(10));
      b.numbers.clear();
      c.numbers.clear();

      for (int i = 0; i < 10; i++) {
        a.send(c, 1000);
        b.send(c, 1000);
        a.send(b, 1000);
      }
      assertEquals(10, b.numbers.size(), "at once");
      bench.advance(Duration.ofMillis(10));

      assertEquals(10, c.numbers.size(), "both senders together");
    }
  }

  @Test
  void shouldTakeNewConditionsAtOnce_alsoForWhatIsUnderWay() {
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);
      bench.network.conditions(LinkConditions.builder().bandwidth(1000).build());
      for (int i = 0; i < 100; i++) {
        a.send(b, 1000);
      }
      bench.advance(Duration.ofSeconds(8));
      assertEquals(0, b.numbers.size());

      bench.network.conditions(LinkConditions.PERFECT);
      a.send(b);
      bench.advance(Duration.ZERO);

      assertEquals(IntStream.rangeClosed(0, 100).boxed().toList(), b.numbers);
      a.send(b);
      assertEquals(102, b.numbers.size(), "direct again");
    }
  }

  @Test
  void shouldGiveUsualConditionsToNewPorts() {
    try (SwitchBench bench = new SwitchBench(1)) {
      bench.network.conditions(latency(5));
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);

      a.send(b);
      bench.advance(Duration.ofMillis(20));

      assertEquals(List.of(10L), b.millis);
    }
  }

  @Test
  void shouldRefuseImpossibleConditions() {
    LinkConditions.Builder builder = LinkConditions.builder();

    assertThrows(IllegalArgumentException.class, () -> builder.loss(1.1).build());
    builder.loss(0);
    assertThrows(IllegalArgumentException.class, () -> builder.duplication(Double.NaN).build());
    builder.duplication(0);
    assertThrows(IllegalArgumentException.class, () -> builder.bandwidth(-1).build());
    builder.bandwidth(0);
    assertThrows(
        IllegalArgumentException.class, () -> builder.latency(Duration.ofNanos(-1)).build());
    builder.latency(Duration.ZERO);
    assertTrue(builder.build().isPerfect());
  }
}
