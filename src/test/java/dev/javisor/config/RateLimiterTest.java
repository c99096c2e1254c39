package dev.javisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.RateLimit.Bucket;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimiterTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong clock = new AtomicLong(-5);
  private final Random random = new Random(7);

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 10, 100, 1000, 60_000})
  void shouldHoldTheRate_whateverTheRefillTime(long refillMillis) {
    long size = 10_000 * refillMillis;
    TokenBuckets limiter = limiter(RateLimit.UNLIMITED.andBytes(bucket(size, refillMillis)));

    long seconds = Math.max(5, 3 * refillMillis / 1000);
    long passed = bytesIn(limiter, seconds * SECOND, 4096, 0);

    assertNear(10_000_000L * seconds + size, passed, 4096);
  }

  @Test
  void shouldHoldTheRate_thoughWhoWaitsComesLate() {
    TokenBuckets limiter = limiter(RateLimit.UNLIMITED.andOperations(bucket(1, 10)));

    long operations = bytesIn(limiter, 5 * SECOND, 1, 3_000_000);

    assertNear(501, operations, 2);
  }

  @Test
  void shouldHoldTheRate_whenRequestsAreLargerThanTheBucket() {
    TokenBuckets limiter = limiter(RateLimit.UNLIMITED.andBytes(bucket(1000, 1)));

    long passed = bytesIn(limiter, 5 * SECOND, 128 << 10, 0);

    assertNear(5_000_000, passed, 128 << 10);
  }

  @Test
  void shouldSpendTheBurstOnce_thenTheBucket() {
    TokenBuckets limiter =
        limiter(RateLimit.UNLIMITED.andBytes(new Bucket(1000, Duration.ofSeconds(1), 5000)));

    assertEquals(0, limiter.acquire(4000));
    assertEquals(0, limiter.acquire(2000));
    assertEquals(SECOND / 2, limiter.acquire(500));
    clock.addAndGet(100 * SECOND);
    assertEquals(0, limiter.acquire(1000));
    assertTrue(limiter.acquire(501) > 0, "the burst is spent, and one who waited saves 500 up");
  }

  @Test
  void shouldSaveUpABucketful_whenNobodyAsks() {
    TokenBuckets limiter = limiter(RateLimit.UNLIMITED.andOperations(bucket(3, 1000)));
    clock.addAndGet(3600 * SECOND);

    int atOnce = 0;
    while (limiter.acquire(1 << 20) == 0) {
      atOnce++;
    }

    assertEquals(3, atOnce);
  }

  @Test
  void shouldTakeFromNeitherBucket_whenOneOfThemLacks() {
    TokenBuckets limiter =
        limiter(RateLimit.UNLIMITED.andBytes(bucket(1000, 1000)).andOperations(bucket(2, 1000)));

    assertEquals(0, limiter.acquire(900));
    assertEquals(SECOND * 9 / 10, limiter.acquire(1000));
    assertEquals(0, limiter.acquire(100), "the second operation was not taken");
    assertEquals(SECOND / 2, limiter.acquire(0), "operations lack");
  }

  @Test
  void shouldShareTheRateFairlyEnough_whenSeveralAsk() {
    TokenBuckets limiter = limiter(RateLimit.UNLIMITED.andBytes(bucket(100_000, 100)));
    long[] passed = new long[2];
    long[] wakeAt = new long[2];

    for (long end = clock.get() + 5 * SECOND; clock.get() < end; clock.addAndGet(10_000)) {
      for (int i = 0; i < 2; i++) {
        while (clock.get() >= wakeAt[i]) {
          long wait = limiter.acquire(4096);
          wakeAt[i] = clock.get() + wait + random.nextInt(50_000);
          passed[i] += wait == 0 ? 4096 : 0;
        }
      }
    }

    assertNear(5_100_000, passed[0] + passed[1], 3 * 4096);
    assertTrue(Math.min(passed[0], passed[1]) > 1_500_000, passed[0] + ", " + passed[1]);
  }

  @Test
  void shouldApplyAnotherLimit_whileOthersWait() {
    TokenBuckets limiter = limiter(RateLimit.UNLIMITED.andOperations(bucket(1, 3_600_000)));
    assertEquals(0, limiter.acquire(1));
    assertEquals(3600 * SECOND, limiter.acquire(1));

    RateLimit more = RateLimit.operationsPerSecond(1000);
    limiter.limit(more);

    assertEquals(more, limiter.limit());
    assertEquals(0, limiter.acquire(1));
    limiter.limit(RateLimit.UNLIMITED);
    for (int i = 0; i < 10_000; i++) {
      assertEquals(0, limiter.acquire(Long.MAX_VALUE));
    }
  }

  @Test
  void shouldTurnARateIntoATenthOfASecondsBucket() {
    assertEquals(bucket(1_000_000, 100), RateLimit.bytesPerSecond(10_000_000).bytes().get());
    RateLimit both = RateLimit.operationsPerSecond(3).andBytesPerSecond(20);
    assertEquals(new Bucket(1, Duration.ofNanos(333_333_333)), both.operations().get());
    assertEquals(bucket(2, 100), both.bytes().get());
    assertEquals(
        bucket(10, 100),
        RateLimit.bytesPerSecond(1).andOperationsPerSecond(100).operations().get());
  }

  @Test
  void shouldRefuseWhatIsNoLimit() {
    assertRefused("bucket size 0", () -> bucket(0, 1));
    assertRefused("bucket size -1", () -> bucket(-1, 1));
    assertRefused("refill time PT0S", () -> bucket(1, 0));
    assertRefused("refill time PT24H0.001S", () -> bucket(1, 86_400_001));
    assertRefused("one-time burst -1", () -> new Bucket(1, Duration.ofSeconds(1), -1));
    assertRefused("0 a second", () -> RateLimit.bytesPerSecond(0));
    assertThrows(NullPointerException.class, () -> RateLimiter.of(null));
  }

  private static void assertRefused(String message, Runnable call) {
    String said = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(said.startsWith(message), said);
  }

  /** Asks as often as it may for a while of the clock, each time up to that late. */
  private long bytesIn(TokenBuckets limiter, long nanos, long bytes, int late) {
    long passed = 0;
    long end = clock.get() + nanos;
    while (clock.get() < end) {
      long wait = limiter.acquire(bytes);
      passed += wait == 0 ? bytes : 0;
      clock.addAndGet(wait == 0 ? 0 : wait + (late == 0 ? 0 : random.nextInt(late)));
    }
    return passed;
  }

  private static void assertNear(long expected, long actual, long tolerance) {
    assertTrue(Math.abs(expected - actual) <= tolerance, "%d, not %d".formatted(actual, expected));
  }

  private TokenBuckets limiter(RateLimit limit) {
    return new TokenBuckets(limit, clock::get);
  }

  private static Bucket bucket(long size, long refillMillis) {
    return new Bucket(size, Duration.ofMillis(refillMillis));
  }
}
