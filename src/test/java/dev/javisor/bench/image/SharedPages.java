package dev.javisor.bench.image;

import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.HeapRequest;
import dev.javisor.bench.Figure;
import dev.javisor.bench.Goal;
import dev.javisor.bench.Measurement;
import dev.javisor.bench.Result;
import dev.javisor.bench.Workbench;
import dev.javisor.image.RootFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What the host caches of its disks for one more machine that reads all of a shared base. */
public final class SharedPages implements Measurement {
  private static final int MACHINES = 100;
  private static final int BASE = 64 << 20;
  private static final int CHUNK = 1 << 20;
  private static final double MOST_KIB = 640;

  @Override
  public String name() {
    return "image-overlay-cache";
  }

  @Override
  public String description() {
    return "the host's page cache that one more overlay takes, of which all of a base of 64 MiB is"
        + " read, mean of 99";
  }

  @Override
  public Result run(Workbench bench) throws IOException {
    Path tree = Files.createDirectories(bench.folder().resolve("noise"));
    byte[] noise = new byte[BASE];
    new Random(3).nextBytes(noise);
    Files.write(tree.resolve("content"), noise);
    Path base = RootFs.fromDirectory(tree).freeSpace(0).toDisk(bench.folder().resolve("b.ext4"));
    Figure ours = Figure.of("Javisor");
    for (int round = 0; round < bench.rounds(); round++) {
      List<BlockBackend> disks = new ArrayList<>();
      for (int i = 0; i < MACHINES; i++) {
        disks.add(BlockBackend.overlay(base));
      }
      readAll(disks.get(0));
      long before = cachedKib();
      disks.subList(1, MACHINES).forEach(SharedPages::readAll);
      long taken = cachedKib() - before;
      disks.forEach(BlockBackend::close);
      ours.samples().add(Math.max(0, taken) / (MACHINES - 1.0));
    }
    return new Result(
        description(),
        "KiB",
        List.of(ours),
        List.of(
            new Goal(
                "a hundredth of the base or less: %.0f KiB".formatted(MOST_KIB),
                ours.samples().median() <= MOST_KIB)));
  }

  private static void readAll(BlockBackend disk) {
    for (long at = 0; at + CHUNK <= disk.size(); at += CHUNK) {
      HeapRequest.read(disk, at, CHUNK);
    }
  }

  /** Of the whole host: what others read meanwhile counts, so that this is the most it can be. */
  private static long cachedKib() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
      if (line.startsWith("Cached:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("/proc/meminfo has no line of what is cached");
  }
}
