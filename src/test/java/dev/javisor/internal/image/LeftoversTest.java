package dev.javisor.internal.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.ImageException;
import dev.javisor.image.ImageCache;
import dev.javisor.image.ProgressListener;
import dev.javisor.image.RootFs;
import dev.javisor.testing.microguest.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is left of makers that were killed, or had no room. */
@Timeout(120)
class LeftoversTest {
  @TempDir private Path folder;

  private Path archive() {
    byte[] noise = new byte[4 << 20];
    new Random(1).nextBytes(noise);
    return new TarFixture().file("noise", noise, 0644, 0, 0).writeTo(folder.resolve("a.tar"));
  }

  private static Process start(Class<?> main, Path... words) throws IOException {
    List<String> command = new ArrayList<>(ChildJvm.command(List.of(), main, words[0].toString()));
    for (int i = 1; i < words.length; i++) {
      command.add(words[i].toString());
    }
    // What it logs is not in the way of what it says.
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static void awaitMiddle(Process process) throws IOException {
    assertEquals('m', process.getInputStream().read(), "it is in the middle");
  }

  private static void kill(Process process) throws InterruptedException {
    assertTrue(process.destroyForcibly().waitFor(30, TimeUnit.SECONDS));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".lock"))
          .sorted()
          .toList();
    }
  }

  @Test
  void shouldDeleteWhatTheDeadLeft_andNothingOfTheLiving() throws Exception {
    Path tar = archive();
    Path target = Files.createDirectory(folder.resolve("disks"));
    Process dead = start(Import.class, tar, target.resolve("dead"));
    Process alive = start(Import.class, tar, target.resolve("alive"));
    try {
      awaitMiddle(dead);
      awaitMiddle(alive);
      assertEquals(2, names(target).size(), "both have something there");
      kill(dead);

      RootFs.fromTar(tar).toDisk(target.resolve("mine"));

      assertEquals(2, names(target).size(), "what the living one has, and the disk");
      alive.getOutputStream().write('\n');
      alive.getOutputStream().close();
      String rest = new String(alive.getInputStream().readAllBytes(), UTF_8);
      assertEquals(0, alive.waitFor(), rest);
      assertEquals(List.of("alive", "mine"), names(target));
      assertEquals(-1, Files.mismatch(target.resolve("alive"), target.resolve("mine")));
    } finally {
      kill(dead);
      kill(alive);
    }
  }

  @Test
  void shouldLeaveWhatAnotherThreadMakes() throws Exception {
    Path tar = archive();
    Path target = folder.resolve("first");
    boolean[] done = {false};

    RootFs.fromTar(tar)
        .listener(
            new Waiting(
                () -> {
                  if (!done[0]) {
                    done[0] = true;
                    RootFs.fromTar(tar).toSquashfs(folder.resolve("second"));
                    RootFs.fromTar(tar).toDisk(folder.resolve("third"));
                  }
                }))
        .toDisk(target);

    assertEquals(List.of("a.tar", "first", "second", "third"), names(folder));
    new Ext4Disk(target).check();
  }

  /** Makes a disk; in the middle it says so, and waits to be told to go on. */
  static final class Import {
    private Import() {}

    public static void main(String[] args) {
      RootFs.fromTar(Path.of(args[0]))
          .listener(new Waiting(Import::pause))
          .toDisk(Path.of(args[1]));
    }

    private static void pause() {
      System.out.print("m");
      System.out.flush();
      try {
        System.in.read();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static final class Waiting implements ProgressListener {
    private final Runnable pause;
    private boolean waited;

    Waiting(Runnable pause) {
      this.pause = pause;
    }

    @Override
    public void step(String what) {}

    @Override
    public void bytes(long done, long total) {
      if (!waited && done >= 2 << 20) {
        waited = true;
        pause.run();
      }
    }
  }

  @Test
  void shouldFillTheCache_whenTheProcessThatDidIsKilled() throws Exception {
    Path tar = archive();
    Path cache = folder.resolve("cache");
    Process dead = start(Fill.class, tar, cache);
    Process next = null;
    try {
      awaitMiddle(dead);
      next = start(Fill.class, tar, cache);
      // It waits for the first one now, or will in a moment; what follows holds for both.
      kill(dead);

      awaitMiddle(next);
      next.getOutputStream().write('\n');
      next.getOutputStream().close();
      String rest = new String(next.getInputStream().readAllBytes(), UTF_8);

      assertEquals(0, next.waitFor(), rest);
      assertEquals(List.of("key.ext4"), names(cache));
      new Ext4Disk(cache.resolve("key.ext4")).check();
      ImageCache.in(cache).clear();
    } finally {
      kill(dead);
      if (next != null) {
        kill(next);
      }
    }
  }

  @Test
  void shouldNotGiveUpALock_whenAnotherThreadLooksAtIt() throws Exception {
    Path tar = archive();
    Path cache = folder.resolve("cache");
    DiskCache disks = new DiskCache(cache, Long.MAX_VALUE, Clock.systemUTC());
    boolean[] othersEnded = {true};

    disks.disk(
        "key",
        file -> {
          // Sweeps, and so looks at the lock of this one.
          disks.disk("other", other -> RootFs.fromTar(tar).toDisk(other));
          try {
            Process rival = start(Fill.class, tar, cache);
            othersEnded[0] =
                rival.waitFor(3, TimeUnit.SECONDS) || rival.getInputStream().available() > 0;
            kill(rival);
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
          RootFs.fromTar(tar).toDisk(file);
        });

    assertFalse(othersEnded[0], "the other process waited for the lock");
    assertEquals(List.of("key.ext4", "other.ext4"), names(cache));
  }

  /** Fills a cache. */
  static final class Fill {
    private Fill() {}

    public static void main(String[] args) {
      new DiskCache(Path.of(args[1]), Long.MAX_VALUE, Clock.systemUTC())
          .disk(
              "key",
              file ->
                  RootFs.fromTar(Path.of(args[0]))
                      .listener(new Waiting(Import::pause))
                      .toDisk(file));
    }
  }

  @Test
  void shouldLeaveNothing_whenThereIsNoRoom() throws Exception {
    Path tar = archive();
    for (String form : List.of("disk", "squashfs", "initramfs")) {
      Path target = Files.createDirectory(folder.resolve(form));
      List<String> child =
          ChildJvm.command(List.of(), NoRoom.class, tar + "," + target.resolve("made"));
      List<String> command =
          new ArrayList<>(List.of("bash", "-c", "ulimit -f 1024; exec \"$@\"", "bash"));
      command.addAll(child);
      command.add(form);

      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);

      assertEquals(0, process.waitFor(), said);
      assertTrue(said.contains("HOST"), said);
      assertTrue(said.contains("ulimit -f"), said);
      assertEquals(List.of(), names(target));
      NoRoom.make(tar, target.resolve("made"), form);
      assertEquals(List.of("made"), names(target), "the next try works");
    }
  }

  /** Is not allowed to write large files. */
  static final class NoRoom {
    private NoRoom() {}

    public static void main(String[] args) {
      String[] paths = args[0].split(",");
      try {
        make(Path.of(paths[0]), Path.of(paths[1]), args[1]);
      } catch (ImageException e) {
        System.out.println(e.reason() + " " + e.getMessage());
      }
    }

    static void make(Path tar, Path target, String form) {
      RootFs rootFs = RootFs.fromTar(tar);
      switch (form) {
        case "disk" -> rootFs.toDisk(target);
        case "squashfs" -> rootFs.toSquashfs(target);
        default -> rootFs.toInitramfs(target);
      }
    }
  }
}
