package dev.javisor.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.LinkConditions;
import dev.javisor.net.SwitchBench.Guest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where frames go, as guests at the ports see it. */
class SwitchForwardingTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void shouldPassFramesOnUnchanged() {
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);

      a.send(b, 1514);

      assertArrayEquals(SwitchBench.frame(b.address, a.address, 1514, 0), b.frames.get(0));
      assertEquals(List.of(), a.numbers, "no frame comes back");
    }
  }

  @Test
  void shouldFlood_untilTheAddressIsLearned() {
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);
      Guest c = bench.plug("c", 3);

      a.send(b);
      b.send(a);
      a.send(b);

      assertEquals(List.of(0, 1), b.numbers);
      assertEquals(List.of(0), c.numbers);
      assertEquals(List.of(0), a.numbers);
    }
  }

  @Test
  void shouldFloodBroadcastAndMulticast() {
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);
      Guest c = bench.plug("c", 3);
      b.broadcast();

      a.broadcast();
      a.send("01:00:5e:00:00:01", a.address, 60);
      a.send("33:33:00:00:00:01", a.address, 60);

      assertEquals(List.of(0, 1, 2), b.numbers);
      assertEquals(List.of(0, 0, 1, 2), c.numbers);
    }
  }

  @Test
  void shouldForgetAddresses_whenTheyAreOldOrTheirMachineEnds() {
    try (SwitchBench bench = new SwitchBench(b -> b.addressAge(Duration.ofSeconds(10)))) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);
      Guest c = bench.plug("c", 3);
      b.send(a);
      c.numbers.clear();

      bench.advance(Duration.ofSeconds(10));
      a.send(b);
      assertEquals(List.of(), c.numbers);
      bench.advance(Duration.ofMillis(1));
      a.send(b);
      assertEquals(List.of(1), c.numbers);

      b.send(a);
      b.port.detach();
      a.send(b);
      assertEquals(List.of(1, 2), c.numbers);
    }
  }

  @Test
  void shouldFollowAnAddressToAnotherPort() {
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);
      Guest c = bench.plug("c", 3);
      a.broadcast();
      b.send(a);

      c.send(a.address, b.address, 60);
      a.send(b);

      assertEquals(List.of(0, 1), c.numbers);
      assertEquals(List.of(0), b.numbers, "the broadcast");
    }
  }

  @Test
  void shouldRefuseOthersAddresses_whenAskedTo() {
    try (SwitchBench bench = new SwitchBench(b -> b.antiSpoofing(true).addressesPerPort(2))) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);
      Guest c = bench.plug("c", 3);
      a.broadcast();
      b.broadcast();
      c.broadcast();
      a.numbers.clear();

      c.send(a.address, b.address, 60);
      c.send(a.address, "02:00:00:00:01:01", 60);
      c.send(a.address, "02:00:00:00:01:02", 60);

      assertEquals(List.of(2), a.numbers, "the second of its addresses");
      assertEquals(2, bench.network.counters("c").refused());
      a.send(b);
      assertEquals(List.of(0, 0, 1), b.numbers, "two broadcasts, and a's frame");
    }
  }

  @Test
  void shouldRefuseWhatNoBridgePassesOn() {
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);

      a.send(b.address, "03:00:00:00:00:01", 60);
      a.send(b.address, "00:00:00:00:00:00", 60);
      a.send("01:80:c2:00:00:0e", a.address, 60);

      assertEquals(List.of(), b.numbers);
      assertEquals(3, bench.network.counters("a").refused());
    }
  }

  @Test
  void shouldKeepOthersAddresses_whenAGuestMakesUpManyOfThem() {
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);
      Guest c = bench.plug("c", 3);
      b.send(a);
      for (int i = 0; i < 100_000; i++) {
        c.send(b.address, "02:%02x:%02x:%02x:00:03".formatted(i >> 16, i >> 8 & 255, i & 255), 60);
      }
      c.numbers.clear();

      a.send(b);

      assertEquals(List.of(), c.numbers, "b's address is still known");
    }
  }

  @Test
  void shouldKeepFramesInOrder_whileAGuestHasNoRoom() {
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);
      Guest c = bench.plug("c", 3);
      b.full = true;

      a.send(b);
      a.send(b);
      a.send(c);
      b.full = false;
      a.send(b);
      assertEquals(List.of(), b.numbers, "nobody has told of room");
      b.port.ready();

      assertEquals(List.of(0, 1, 2, 3), b.numbers);
      assertEquals(List.of(0, 1, 2, 3), c.numbers, "flooded: it was not held up");
    }
  }

  @Test
  void shouldBoundMemoryAndLeaveOthersTheirShare_whenAGuestFloodsOneThatDoesNotRead() {
    try (SwitchBench bench = new SwitchBench(b -> b.queueBytes(1 << 20))) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);
      Guest c = bench.plug("c", 3);
      b.send(a);
      b.full = true;

      for (int i = 0; i < 20_000; i++) {
        a.send(b, 1514);
      }
      long flood = bench.network.bytesKept();
      for (int i = 0; i < 100; i++) {
        c.send(b, 1514);
      }

      assertTrue(flood <= 1 << 19, "half of the queue: " + flood);
      assertEquals(0, bench.network.counters("c").overflowed());
      PortCounters counted = bench.network.counters("a");
      b.full = false;
      b.port.ready();
      assertEquals(20_000, counted.sentFrames());
      assertEquals(20_000 + 100 - counted.overflowed(), b.numbers.size());
      assertEquals(0, bench.network.bytesKept());
    }
  }

  @Test
  void shouldBoundMemory_whenAGuestFloodsALongLink() {
    try (SwitchBench bench = new SwitchBench(b -> b.queueBytes(1 << 20))) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);
      Guest c = bench.plug("c", 3);
      bench.network.conditions(
          "b", LinkConditions.builder().latency(SECOND).bandwidth(8_000_000).build());
      b.broadcast();
      bench.advance(Duration.ofSeconds(2));

      for (int i = 0; i < 20_000; i++) {
        a.send(b, 1514);
      }
      c.send(b);
      assertTrue(bench.network.bytesKept() <= 1 << 20);
      bench.advance(Duration.ofSeconds(3));

      assertEquals(20_001 - bench.network.counters("a").overflowed(), b.numbers.size());
      assertEquals(0, bench.network.counters("c").overflowed());
      assertEquals(0, bench.network.bytesKept());
    }
  }

  @Test
  void shouldPartAndHeal() {
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);
      Guest c = bench.plug("c", 3);

      bench.network.partition(Set.of("a"), Set.of("b", "c"));
      a.broadcast();
      b.broadcast();
      c.broadcast();

      assertEquals(List.of(), a.numbers);
      assertEquals(List.of(0), b.numbers);
      assertEquals(List.of(0), c.numbers);
      assertEquals(2, bench.network.counters("a").partitioned());
      bench.network.heal();
      a.broadcast();
      assertEquals(List.of(0, 1), b.numbers);
      bench.network.isolate("c");
      a.broadcast();
      assertEquals(List.of(0, 1, 2), b.numbers);
      assertEquals(List.of(0, 1), c.numbers);
    }
  }

  @Test
  void shouldLoseWhatIsUnderWay_whenItIsParted() {
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);
      bench.network.conditions("b", LinkConditions.builder().latency(SECOND).build());
      a.send(b);

      bench.network.partition(Set.of("a"), Set.of("b"));
      bench.advance(SECOND);

      assertEquals(List.of(), b.numbers);
      assertEquals(1, bench.network.counters("a").partitioned());
      assertEquals(0, bench.network.bytesKept());
    }
  }

  @Test
  void shouldRefuseWrongNames() {
    try (SwitchBench bench = new SwitchBench(1)) {
      bench.plug("a", 1);
      VirtualSwitch network = bench.network;

      assertThrows(IllegalArgumentException.class, () -> network.port(" "));
      assertThrows(IllegalArgumentException.class, () -> network.isolate("b"));
      assertThrows(
          IllegalArgumentException.class, () -> network.partition(Set.of("a"), Set.of("b")));
      assertThrows(
          IllegalArgumentException.class, () -> network.partition(Set.of("a"), Set.of("a")));
      assertThrows(IllegalArgumentException.class, () -> network.counters("b"));
      assertThrows(
          IllegalArgumentException.class,
          () -> network.conditions("a", "b", LinkConditions.PERFECT));
      assertEquals(Set.of("a"), network.ports());
    }
  }

  @Test
  void shouldRefuseASecondMachineOnAPort() {
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest a = bench.plug("a", 1);

      assertThrows(IllegalStateException.class, () -> bench.plug("a", 2));

      a.port.detach();
      Guest next = bench.plug("a", 2);
      bench.plug("b", 3).broadcast();
      assertEquals(List.of(0), next.numbers);
    }
  }

  @Test
  void shouldBoundMemory_whenManyPortsStorm() {
    try (SwitchBench bench = new SwitchBench(b -> b.queueBytes(256 << 10))) {
      List<Guest> all = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        all.add(bench.plug("p" + i, 1 + i));
      }
      bench.network.conditions(LinkConditions.builder().latency(SECOND).build());

      // Each sends to all others, again and again, and one does not read.
      all.get(63).full = true;
      for (int round = 0; round < 40; round++) {
        all.forEach(Guest::broadcast);
      }
      long under = bench.network.bytesKept();
      bench.advance(Duration.ofSeconds(2));

      assertTrue(under <= 64 * (256L << 10), "up: " + under);
      assertTrue(bench.network.bytesKept() <= 256 << 10, "for the one that does not read");
      for (int i = 0; i < 63; i++) {
        // What a queue has no room for is lost, and all others' share of it is there.
        assertTrue(all.get(i).numbers.size() >= 63 * 10, "port " + i);
      }
      all.get(63).port.detach();
      assertEquals(0, bench.network.bytesKept());
    }
  }

  @Test
  void shouldSendOnceToEachAddress_whenItMovesBetweenPortsAllTheTime() {
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);
      Guest c = bench.plug("c", 3);
      for (int i = 0; i < 1000; i++) {
        Guest here = i % 2 == 0 ? b : c;
        here.send(SwitchBench.ALL, "02:00:00:00:00:99", 60);
        b.numbers.clear();
        c.numbers.clear();

        a.send("02:00:00:00:00:99", a.address, 60);

        assertEquals(1, here.numbers.size());
        assertEquals(0, (here == b ? c : b).numbers.size());
      }
    }
  }
}
