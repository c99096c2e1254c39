package dev.javisor.bench.image;

import dev.javisor.backend.BlockBackend;
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

/** What the disk of one more machine takes of the host's, over a base that all share. */
public final class SharedBase implements Measurement {
  private static final int MACHINES = 100;
  private static final double KIB = 1024;
  private static final double MOST_KIB = 16;

  @Override
  public String name() {
    return "image-overlay";
  }

  @Override
  public String description() {
    return "the host's disk that one more overlay over a shared base takes, mean of 100";
  }

  @Override
  public Result run(Workbench bench) throws IOException {
    Path tree = Files.createDirectories(bench.folder().resolve("tree"));
    Files.write(tree.resolve("content"), new byte[64 << 20]);
    Path base = RootFs.fromDirectory(tree).toDisk(bench.folder().resolve("base.ext4"));
    Figure ours = Figure.of("Javisor");
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    for (int round = 0; round < bench.rounds(); round++) {
      List<BlockBackend> disks = new ArrayList<>();
      long before = Files.getFileStore(temporary).getUsableSpace();
      for (int i = 0; i < MACHINES; i++) {
        disks.add(BlockBackend.overlay(base));
      }
      long taken = before - Files.getFileStore(temporary).getUsableSpace();
      disks.forEach(BlockBackend::close);
      ours.samples().add(Math.max(0, taken) / KIB / MACHINES);
    }
    return new Result(
        description(),
        "KiB",
        List.of(ours),
        List.of(
            new Goal("%.0f KiB or less".formatted(MOST_KIB), ours.samples().median() <= MOST_KIB)));
  }
}
