package dev.javisor.internal.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.microguest.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are made once, by one, and not half. */
@Timeout(120)
class DiskCacheTest {
  private static final int MIB = 1 << 20;

  @TempDir private Path folder;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private DiskCache cache(long limit) {
    return new DiskCache(folder, limit, Clock.fixed(now, ZoneOffset.UTC));
  }

  private static Consumer<Path> writing(int bytes) {
    return file -> {
      try {
        byte[] content = new byte[bytes];
        Arrays.fill(content, (byte) 7);
        Files.write(file, content);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".lock"))
          .sorted()
          .toList();
    }
  }

  @Test
  void shouldMakeADiskOnce() throws Exception {
    AtomicInteger made = new AtomicInteger();
    Consumer<Path> maker = writing(10).andThen(file -> made.incrementAndGet());

    Path first = cache(MIB).disk("a", maker);
    Path second = cache(MIB).disk("a", maker);

    assertEquals(first, second);
    assertEquals(1, made.get());
    assertEquals(10, Files.size(first));
    assertEquals(List.of("a.ext4"), names());
  }

  @Test
  void shouldMakeADiskOnce_whenThreadsWantItTogether() throws Exception {
    AtomicInteger made = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          new Thread(
              () -> cache(MIB).disk("a", writing(10).andThen(file -> made.incrementAndGet()))));
    }

    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }

    assertEquals(1, made.get());
  }

  @Test
  void shouldKeepNothing_whenTheMakerFails() throws Exception {
    Consumer<Path> failing =
        writing(10)
            .andThen(
                file -> {
                  throw new IllegalStateException("in the middle");
                });

    assertThrows(IllegalStateException.class, () -> cache(MIB).disk("a", failing));

    assertEquals(List.of(), names());
    assertEquals(20, Files.size(cache(MIB).disk("a", writing(20))));
  }

  @Test
  void shouldDeleteWhatAKilledProcessLeft_atTheNextStart() throws Exception {
    Process maker =
        new ProcessBuilder(ChildJvm.command(List.of(), SlowMaker.class, folder.toString()))
            .redirectErrorStream(true)
            .start();
    assertEquals('m', maker.getInputStream().read(), "it is in the middle");
    maker.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    assertTrue(Files.exists(folder.resolve("slow.new/half")));

    cache(MIB).disk("another", writing(5));

    assertEquals(List.of("another.ext4"), names());
  }

  /** Is killed in the middle. */
  static final class SlowMaker {
    private SlowMaker() {}

    public static void main(String[] args) {
      new DiskCache(Path.of(args[0]), MIB, Clock.systemUTC())
          .disk(
              "slow",
              file -> {
                writing(1000).accept(file.resolveSibling("half"));
                System.out.print("m");
                System.out.flush();
                try {
                  Thread.sleep(60_000);
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
    }
  }

  @Test
  void shouldDeleteTheLeastRecentlyUsed_whenThereIsTooMuch() throws Exception {
    cache(2 * MIB).disk("a", writing(MIB));
    now = now.plus(Duration.ofHours(2));
    cache(2 * MIB).disk("b", writing(MIB));
    now = now.plus(Duration.ofHours(2));
    cache(2 * MIB).disk("a", writing(MIB));
    now = now.plus(Duration.ofHours(2));

    cache(2 * MIB).disk("c", writing(MIB));

    assertEquals(List.of("a.ext4", "c.ext4"), names());
  }

  @Test
  void shouldKeepWhatWasUsedWithinTheHour_howeverMuchItIs() throws Exception {
    cache(MIB).disk("a", writing(MIB));
    cache(MIB).disk("b", writing(MIB));

    assertEquals(List.of("a.ext4", "b.ext4"), names());
    cache(MIB).clear();
    assertEquals(List.of(), names());
    assertFalse(Files.exists(folder.resolve("a.ext4")));
  }
}
