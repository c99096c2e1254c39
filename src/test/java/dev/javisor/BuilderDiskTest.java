package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.BlockRequest;
import dev.javisor.config.ConsoleMode;
import dev.javisor.config.DiskConfig;
import dev.javisor.config.DiskEngine;
import dev.javisor.error.ConfigurationProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is said about disks, and what is wrong with it. */
class BuilderDiskTest extends BuilderFixture {
  @Test
  void shouldTakeDisksOfAllKinds() {
    Path file = disk("disk.raw", 4096);

    assertEquals(
        4,
        boot(fixture
                .builder()
                .disk(file)
                .disk(d -> d.path(disk("other.raw", 512)).readOnly(true).queues(4))
                .disk(BlockBackend.inMemory(512))
                .disk(BlockBackend.inMemory(512), d -> d.readOnly(true).serial("s").id("x")))
            .pciDevices()
            .size());
  }

  @Test
  void shouldLockNothing_whenNothingIsBooted() {
    Path file = disk("disk.raw", 4096);

    try (VirtualMachine one = fixture.builder().disk(file).build();
        VirtualMachine two = fixture.builder().disk(file).build()) {
      assertNotSame(one, two);
    }
  }

  @Test
  void shouldRefuse_whenThereIsNoDisk() {
    Path none = directory.resolve("none.raw");
    assertProblem("disks[0].path", none.toString(), "no such file", fixture.builder().disk(none));
    assertProblem(
        "disks[0].path", directory.toString(), "folder", fixture.builder().disk(directory));
    Path empty = disk("empty", 0);
    assertProblem("disks[0].path", empty.toString(), "empty", fixture.builder().disk(empty));
    Path odd = disk("odd", 1000);
    assertProblem("disks[0].path", odd.toString(), "multiple of 512", fixture.builder().disk(odd));
    assertProblem("disks[0].path", "unset", "path of a raw image", fixture.builder().disk(d -> {}));
  }

  @Test
  void shouldRefuse_whenQueuesAreNone() {
    for (int queues : new int[] {0, -1, 65, Integer.MAX_VALUE}) {
      refused("queues", Integer.toString(queues), "1 to 64", d -> d.queues(queues));
    }
    for (int size : new int[] {0, 2, 3, 100, 2048, -128, Integer.MIN_VALUE}) {
      refused("queueSize", Integer.toString(size), "power of two", d -> d.queueSize(size));
    }
  }

  @Test
  void shouldRefuse_whenPollingIsLongerThanItMayBe() {
    refused("poll", "PT0.001000001S", "0 to 1000 micro", d -> d.poll(Duration.ofNanos(1_000_001)));
    refused("poll", "PT-0.000000001S", "0 to 1000 micro", d -> d.poll(Duration.ofNanos(-1)));
    Duration eternal = Duration.ofSeconds(Long.MAX_VALUE);
    refused("poll", eternal.toString(), "0 to 1000 micro", d -> d.poll(eternal));
  }

  @Test
  void shouldRefuseToPoll_whenTheThreadIsShared() {
    Path file = disk("polled", 512);
    assertProblem(
        "disks[0].poll",
        "50000 ns",
        "leave out poll or queueLoop",
        fixture
            .builder()
            .queueLoop(QueueLoop.create())
            .disk(d -> d.path(file).poll(Duration.ofNanos(50_000))));
  }

  @Test
  void shouldRefuse_whenNamesCannotBeShown() {
    refused("id", "", "1 to 64", d -> d.id(""));
    refused("id", "a?b", "printable", d -> d.id("a\nb").serial("s"));
    refused("serial", "x".repeat(21), "up to 20", d -> d.serial("x".repeat(21)));
    refused("serial", "ü", "ASCII", d -> d.serial("ü"));
  }

  @Test
  void shouldRefuse_whenAnotherDeviceHasItsId() {
    BlockBackend backend = BlockBackend.inMemory(512);

    assertProblem(
        "disks[0].id",
        "rng0",
        "rng has that id, too",
        fixture.builder().disk(backend, d -> d.id("rng0")).rng());
    assertProblem(
        "disks[0].id",
        "console0",
        "console has that id, too",
        fixture.builder().disk(backend, d -> d.id("console0")).virtioConsole(ConsoleMode.api()));
    assertProblem(
        "disks[0].id",
        "serial0",
        "a device on the machine's board is called that",
        fixture.builder().disk(backend, d -> d.id("serial0")));
    boot(fixture.builder().disk(backend, d -> d.id("rng0")));
  }

  @Test
  void shouldRefuse_whenTwoDisksAreOne() {
    Path file = disk("disk.raw", 512);
    BlockBackend backend = BlockBackend.inMemory(512);

    assertProblem(
        "disks[1].path",
        file.toString(),
        "disks[0] is the same file",
        fixture.builder().disk(d -> d.path(file).readOnly(true)).disk(file));
    assertProblem(
        "disks[1].id",
        "disk1",
        "disks[0] has that id, too",
        fixture.builder().disk(d -> d.path(file).id("disk1")).disk(backend));
    assertProblem(
        "disks[1]",
        backend.getClass().getName(),
        "same object",
        fixture.builder().disk(backend).disk(backend));
    boot(
        fixture
            .builder()
            .disk(d -> d.path(file).readOnly(true))
            .disk(d -> d.path(file).readOnly(true)));
  }

  @Test
  void shouldRefuse_whenJavaCodeIsNoDisk() {
    BlockBackend odd =
        new BlockBackend() {
          @Override
          public long size() {
            return 513;
          }

          @Override
          public void submit(BlockRequest request) {}
        };
    String name = odd.getClass().getName();

    assertProblem("disks[0].backend", name, "multiple of 512", fixture.builder().disk(odd));
    BlockBackend good = BlockBackend.inMemory(512);
    assertProblem(
        "disks[0]",
        good.getClass().getName(),
        "no path, direct and engine",
        fixture.builder().disk(good, d -> d.engine(DiskEngine.SYNC)));
  }

  @Test
  void shouldTellAllMistakesAtOnce() {
    List<String> fields =
        refuse(
                fixture
                    .builder()
                    .cpus(0)
                    .disk(directory)
                    .disk(d -> d.path(disk("disk.raw", 512)).queues(0).queueSize(5).serial("\n")))
            .problems()
            .stream()
            .map(ConfigurationProblem::field)
            .toList();

    assertEquals(
        List.of(
            "cpus", "disks[0].path", "disks[1].serial", "disks[1].queues", "disks[1].queueSize"),
        fields);
  }

  private void refused(String key, String value, String hint, Consumer<DiskConfig> settings) {
    Path file = disk("disk.raw", 512);
    assertProblem(
        "disks[0]." + key,
        value,
        hint,
        fixture
            .builder()
            .disk(
                d -> {
                  d.path(file);
                  settings.accept(d);
                }));
  }

  private Path disk(String name, int size) {
    try {
      return Files.write(directory.resolve(name), new byte[size]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
