package dev.javisor.internal.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RangesTest {
  @Test
  void shouldKeepTheSameBytesAsASet() {
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Ranges ranges = new Ranges(6);
      BitSet expected = new BitSet();
      for (int i = 0; i < 60; i++) {
        int low = random.nextInt(200);
        int high = low + 1 + random.nextInt(20);
        if (random.nextInt(8) == 0) {
          ranges.removeBelow(low);
          expected.clear(0, low);
        } else if (ranges.add(low, high)) {
          expected.set(low, high);
        }
        check(ranges, expected, random);
      }
    }
  }

  private static void check(Ranges ranges, BitSet expected, SplittableRandom random) {
    BitSet got = new BitSet();
    for (int i = 0; i < ranges.count(); i++) {
      got.set((int) ranges.low(i), (int) ranges.high(i));
      assertEquals(i, ranges.find(ranges.low(i)));
    }
    assertEquals(expected, got);
    assertEquals(expected.cardinality(), ranges.bytes());
    assertEquals(0, Math.max(0, ranges.count() - 6));
    int low = random.nextInt(220);
    int high = low + random.nextInt(50);
    assertEquals(expected.get(low, high).cardinality(), ranges.bytesWithin(low, high));
    assertEquals(expected.get(low), ranges.find(low) >= 0);
  }

  @Test
  void shouldTakeNoMoreStretchesThanItMay_butExtendThoseItHas() {
    Ranges ranges = new Ranges(2);

    assertEquals(true, ranges.add(10, 20));
    assertEquals(true, ranges.add(30, 40));
    assertEquals(false, ranges.add(50, 60));
    assertEquals(true, ranges.add(20, 30));
    assertEquals(true, ranges.add(50, 60));

    assertEquals(40, ranges.bytes());
    assertEquals(50, ranges.nextLow(10, 100));
    assertEquals(45, ranges.nextLow(10, 45));
  }
}
