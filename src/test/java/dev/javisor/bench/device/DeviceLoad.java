package dev.javisor.bench.device;

import dev.javisor.bench.Figure;
import dev.javisor.bench.Measurement;
import dev.javisor.bench.Peer;
import dev.javisor.bench.Result;
import dev.javisor.bench.Workbench;
import dev.javisor.config.DiskEngine;
import dev.javisor.testing.microguest.BlkDriver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A load on a device, borne by Javisor and its peers by turns.
 *
 * @param name the measurement's
 * @param description the measurement's
 * @param scale what the speed is told in
 * @param goal how many times the best peer's figure Javisor's is to be
 * @param load what is borne
 */
public record DeviceLoad(String name, String description, Scale scale, double goal, Workload load)
    implements Load {
  private static final int KIB = 1024;
  private static final int DEEP = 32;
  private static final Duration POLL = Duration.ofNanos(50_000);

  /** The subject whose queue looks at its ring for a while before it sleeps. */
  static final String POLLING = "Javisor, polling";

  /** All that there are. */
  public static List<Measurement> all() {
    return List.of(
        new DeviceLoad(
            "blk-latency",
            "disk in the page cache: read of 4 KiB at random, one at a time",
            Scale.MICROS,
            1.25,
            Workload.disk(BlkDriver.READ, 4 * KIB, 1, false, 20_000)),
        new DeviceLoad(
            "blk-read",
            "disk in the page cache: reads of 4 KiB at random, 32 at a time",
            Scale.THOUSANDS,
            1.2,
            Workload.disk(BlkDriver.READ, 4 * KIB, DEEP, false, 100_000)),
        new DeviceLoad(
            "blk-write",
            "disk in the page cache: writes of 4 KiB at random, 32 at a time",
            Scale.THOUSANDS,
            1.2,
            Workload.disk(BlkDriver.WRITE, 4 * KIB, DEEP, false, 100_000)),
        new DeviceLoad(
            "blk-stream",
            "disk in the page cache: reads of 128 KiB in sequence, 32 at a time",
            Scale.MEGABYTES,
            1,
            Workload.disk(BlkDriver.READ, 128 * KIB, DEEP, true, 16_000)),
        new DeviceLoad(
            "blk-direct",
            "disk past the page cache: reads of 4 KiB at random, 32 at a time",
            Scale.THOUSANDS,
            0.85,
            Workload.disk(BlkDriver.READ, 4 * KIB, DEEP, false, 40_000).pastTheCache()),
        new DeviceLoad(
            "rng",
            "random number generator: 4 KiB, one at a time",
            Scale.MICROS,
            1.25,
            Workload.rng(4 * KIB, 10_000)));
  }

  /**
   * Whose figure the goal is about: monitors get their guests' data from the page cache, fio not.
   */
  @Override
  public String rival() {
    return load.direct() ? "fio's" : "the best peer's";
  }

  @Override
  public Result run(Workbench bench) throws IOException, InterruptedException {
    try (DiskImage disk =
        load.direct() ? DiskImage.in(bench.root().resolve("target")) : DiskImage.inMemory()) {
      if (load.direct() && !disk.takesDirect()) {
        Figure none = Figure.of("Javisor").withRemark("the tree's file system has no O_DIRECT");
        return new Result(description, scale.unit, List.of(none), List.of());
      }
      Contest contest = new Contest(this, subjects(bench, disk.file()));
      contest.run(Math.max(3, bench.rounds() / 3));
      return contest.result();
    }
  }

  private List<Subject> subjects(Workbench bench, Path disk)
      throws IOException, InterruptedException {
    double ticks = TickRate.measure(bench.folder());
    Path pci = LoadGuest.of(load, false).write(bench.folder().resolve(name + "-pci"));
    Path mmio = LoadGuest.of(load, true).write(bench.folder().resolve(name + "-mmio"));
    List<Subject> subjects = new ArrayList<>();
    PeerMachines machines = new PeerMachines(load, bench.folder(), pci, mmio, disk.toString());
    for (Peer peer : load.direct() ? List.<Peer>of() : bench.peers()) {
      machines
          .commands(peer)
          .forEach(
              (title, command) -> subjects.add(new PeerLoad(title, command, ticks, line -> {})));
    }
    if (load.direct()) {
      subjects.add(new FioLoad(load, disk));
    }
    subjects.add(new JavisorLoad("Javisor", pci, ticks, load.on(disk, config -> {})));
    if (load.device() == Workload.Device.DISK) {
      DiskEngine other = load.direct() ? DiskEngine.SYNC : DiskEngine.IO_URING;
      String title = load.direct() ? "Javisor, preadv" : "Javisor, io_uring";
      subjects.add(
          new JavisorLoad(title, pci, ticks, load.on(disk, config -> config.engine(other))));
      subjects.add(
          new JavisorLoad(POLLING, pci, ticks, load.on(disk, config -> config.poll(POLL))));
    }
    return subjects;
  }
}
