package dev.javisor.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.guest.CountingMirror;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several threads and processes that want the same kernel at once, from a mirror that counts. */
class SharedCacheTest {
  @TempDir Path folder;

  private FakeMachine machine;
  private CountingMirror mirror;

  @BeforeEach
  void serve() throws Exception {
    machine = FakeMachine.withGpgv(folder);
    machine.archive().publish(FakeMachine.SUITE);
    mirror = new CountingMirror(machine.mirror);
  }

  @AfterEach
  void stop() throws IOException {
    mirror.close();
  }

  @Test
  void shouldDownloadOnce_whenTwoJvmsFetch() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  FetchInAnotherJvm.class.getName(),
                  folder.toString(),
                  mirror.address().toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log" + i).toFile())
              .start());
    }
    for (int i = 0; i < 2; i++) {
      assertTrue(processes.get(i).waitFor(60, TimeUnit.SECONDS));
      String log = Files.readString(folder.resolve("log" + i));
      assertEquals(0, processes.get(i).exitValue(), log);
    }
    assertEquals(1, mirror.requests("linux-image-6.1.0-7"));
  }

  @Test
  void shouldDownloadOnce_whenManyThreadsFetch() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<Path>> fetches = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Callable<Path> fetch =
            () ->
                GuestPackages.debian()
                    .on(machine.host())
                    .cache(machine.cache)
                    .mirror(mirror.address())
                    .kernel()
                    .vmlinux();
        fetches.add(pool.submit(fetch));
      }
      for (Future<Path> fetch : fetches) {
        assertTrue(Files.isRegularFile(fetch.get(60, TimeUnit.SECONDS)));
      }
    } finally {
      pool.shutdownNow();
    }
    assertEquals(1, mirror.requests("linux-image-6.1.0-7"));
  }

  @Test
  void shouldFetchListsOnce_whenTwoPackagesAreWanted() {
    GuestPackages packages = machine.packages(mirror.address());

    packages.kernel();
    packages.busybox();

    assertEquals(1, mirror.requests("Packages.xz"));
    assertEquals(2, mirror.requests("InRelease"));
  }
}
