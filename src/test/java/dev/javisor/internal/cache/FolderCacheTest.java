package dev.javisor.internal.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderCacheTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path root;

  private final AtomicInteger made = new AtomicInteger();
  private FolderCache cache;
  private volatile String version = "1";

  @BeforeEach
  void makeCache() {
    cache = new FolderCache(root, PATIENCE);
  }

  private Map<String, String> fill(Path folder) throws IOException {
    made.incrementAndGet();
    Files.createDirectories(folder.resolve("sub"));
    Files.writeString(folder.resolve("a"), "content of a");
    Files.writeString(folder.resolve("sub/b"), "version " + version);
    return Map.of("version", version, "odd", "x = y");
  }

  private CachedFolder open() throws IOException {
    return cache.open("thing-1.0", this::fill);
  }

  /**
   * Changes a byte and keeps size and modification time, as nobody but a bad disk or a foe would.
   */
  private static void damage(Path file) throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    byte[] bytes = Files.readAllBytes(file);
    bytes[0] ^= 1;
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, time);
  }

  @Test
  void shouldMakeAFolderOnce() throws IOException {
    CachedFolder first = open();
    CachedFolder second = open();

    assertEquals(1, made.get());
    assertEquals(first.path(), second.path());
    assertEquals("content of a", Files.readString(second.file("a")));
    assertEquals(Set.of("a", "sub/b"), second.files());
    assertEquals(Optional.of("x = y"), second.attribute("odd"));
    assertEquals(Optional.empty(), second.attribute("none"));
  }

  @Test
  void shouldLeaveNothingBehind_whenMakingFails() throws IOException {
    FolderMaker failing =
        folder -> {
          Files.writeString(folder.resolve("half"), "...");
          throw new IOException("no network");
        };

    IOException e = assertThrows(IOException.class, () -> cache.open("thing-1.0", failing));

    assertEquals("no network", e.getMessage());
    try (Stream<Path> list = Files.list(root.resolve("thing-1.0"))) {
      assertEquals(List.of("lock"), list.map(p -> p.getFileName().toString()).toList());
    }
    open();
    assertEquals(1, made.get());
  }

  @Test
  void shouldNoticeAndRepairADamagedFile() throws IOException {
    open();
    Path file = open().path().resolve("sub/b");
    damage(file);

    Path again = open().file("sub/b");

    assertEquals(file, again);
    assertEquals("version 1", Files.readString(again));
    assertEquals(2, made.get());
  }

  @Test
  void shouldNoticeDamage_whenTheFolderIsOpenAlready() throws IOException {
    CachedFolder folder = open();
    folder.file("a");
    damage(folder.path().resolve("a"));

    assertEquals("content of a", Files.readString(folder.file("a")));
    assertEquals(2, made.get());
  }

  @Test
  void shouldRepairFilesThatAreGoneOrOfAnotherSize() throws IOException {
    CachedFolder folder = open();
    Files.delete(folder.path().resolve("a"));
    Files.delete(folder.path().resolve("sub/b"));
    Files.delete(folder.path().resolve("sub"));

    assertEquals("content of a", Files.readString(folder.file("a")));
    assertEquals("version 1", Files.readString(folder.file("sub/b")));
    Files.writeString(folder.path().resolve("a"), "content of a and more");
    assertEquals("content of a", Files.readString(open().file("a")));
  }

  @Test
  void shouldNotReadFilesAgain_whenTheyLookAsTheyDid() throws IOException {
    CachedFolder folder = open();
    pause(200);

    open().file("a");

    assertTrue(Stamps.read(folder.path()).unchanged("a"));
    damage(folder.path().resolve("a"));
    assertFalse(Stamps.read(folder.path()).unchanged("a"));
  }

  @Test
  void shouldReadAFileAgain_whenItChangedAMomentAgo() throws IOException {
    CachedFolder folder = open();
    Stamps stamps = Stamps.read(folder.path());

    Files.writeString(folder.path().resolve("a"), "content of A");
    stamps.add("a");

    assertFalse(stamps.unchanged("a"));
  }

  @Test
  void shouldMakeAgain_whenTheRecordsAreDamaged() throws IOException {
    CachedFolder folder = open();
    Files.writeString(root.resolve("thing-1.0/current"), "nonsense");
    assertEquals("content of a", Files.readString(open().file("a")));
    Files.writeString(folder.path().resolve(".manifest"), "nonsense");
    assertEquals("content of a", Files.readString(open().file("a")));
    Files.writeString(folder.path().resolve(Stamps.FILE), "nonsense");
    assertEquals("content of a", Files.readString(open().file("a")));

    assertEquals(3, made.get());
  }

  @Test
  void shouldSayWhatIsDamaged_whenItCannotBeMadeAgain() throws IOException {
    open();
    FolderMaker offline =
        folder -> {
          throw new IOException("no network");
        };
    CachedFolder folder = cache.open("thing-1.0", offline);
    damage(folder.path().resolve("a"));

    IOException e = assertThrows(IOException.class, () -> folder.file("a"));

    assertEquals("no network", e.getMessage());
    assertEquals("version 1", Files.readString(folder.file("sub/b")));
  }

  @Test
  void shouldNotMixVersions_whenADamagedOneIsToBeHadNoMore() throws IOException {
    CachedFolder folder = open();
    damage(folder.path().resolve("a"));
    version = "2";

    CacheException e = assertThrows(CacheException.class, () -> folder.file("a"));

    assertTrue(e.getMessage().contains("another version"), e.getMessage());
    assertEquals("version 1", Files.readString(folder.file("sub/b")));
    assertEquals(Optional.of("2"), open().attribute("version"));
  }

  @Test
  void shouldKeepTheOldFolder_whenItIsRenewed() throws IOException {
    CachedFolder old = open();
    version = "2";

    CachedFolder renewed = cache.renew("thing-1.0", this::fill);

    assertNotEquals(old.path(), renewed.path());
    assertEquals("version 1", Files.readString(old.file("sub/b")));
    assertEquals("version 2", Files.readString(renewed.file("sub/b")));
    assertEquals(renewed.path(), open().path());
    assertEquals(2, made.get());
  }

  @Test
  void shouldMakeAFolderOnce_whenManyThreadsAskForIt() throws Exception {
    int threads = 8;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    CountDownLatch start = new CountDownLatch(1);
    try {
      List<Future<Path>> results = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        Callable<Path> task =
            () -> {
              start.await();
              return new FolderCache(root, PATIENCE)
                  .open(
                      "thing-1.0",
                      folder -> {
                        pause(300);
                        return fill(folder);
                      })
                  .file("a");
            };
        results.add(pool.submit(task));
      }
      start.countDown();
      for (Future<Path> result : results) {
        assertEquals("content of a", Files.readString(result.get(30, TimeUnit.SECONDS)));
      }
    } finally {
      pool.shutdownNow();
    }
    assertEquals(1, made.get());
  }

  @Test
  void shouldGiveUp_whenAnotherHoldsTheLockForTooLong() throws Exception {
    Files.createDirectories(root.resolve("thing-1.0"));
    try (FolderLock lock = FolderLock.take(root.resolve("thing-1.0/lock"), PATIENCE)) {
      FolderCache impatient = new FolderCache(root, Duration.ofMillis(200));

      CacheException e =
          assertThrows(CacheException.class, () -> impatient.open("thing-1.0", this::fill));

      assertTrue(e.getMessage().contains("locked"), e.getMessage());
    }
    open();
  }

  @Test
  void shouldStopWaiting_whenItsThreadIsInterrupted() throws Exception {
    Files.createDirectories(root.resolve("thing-1.0"));
    try (FolderLock lock = FolderLock.take(root.resolve("thing-1.0/lock"), PATIENCE)) {
      Thread.currentThread().interrupt();

      assertThrows(IOException.class, this::open);

      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void shouldRemoveWhatTheDeadLeft() throws IOException {
    Path left = Files.createDirectories(root.resolve("thing-1.0/.new-123/deep"));
    Files.writeString(left.resolve("half"), "...");

    open();

    assertFalse(Files.exists(root.resolve("thing-1.0/.new-123")));
  }

  @Test
  void shouldRefuseAnIdThatLeadsElsewhere() {
    assertThrows(IllegalArgumentException.class, () -> cache.open("../x", this::fill));
    assertThrows(IllegalArgumentException.class, () -> cache.open(".x", this::fill));
    assertThrows(IllegalArgumentException.class, () -> cache.open("", this::fill));
  }

  @Test
  void shouldSayThatTheCacheCannotBeWritten() throws IOException {
    Path file = Files.writeString(root.resolve("file"), "");
    FolderCache impossible = new FolderCache(file, PATIENCE);

    CacheException e = assertThrows(CacheException.class, () -> impossible.open("x", this::fill));

    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
