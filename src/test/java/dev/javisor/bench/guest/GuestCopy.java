package dev.javisor.bench.guest;

import dev.javisor.VirtualMachine;
import dev.javisor.bench.Figure;
import dev.javisor.bench.Measurement;
import dev.javisor.bench.Result;
import dev.javisor.bench.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A file's way into the guest and back by the agent, beside a disk of the same bytes. */
public final class GuestCopy implements Measurement {
  private static final int MIB = 32;
  private static final int WARM_UPS = 1;

  @Override
  public String name() {
    return "guest-copy";
  }

  @Override
  public String description() {
    return "Linux guest: a file of %d MiB to and from its memory".formatted(MIB);
  }

  @Override
  public Result run(Workbench bench) throws IOException, InterruptedException {
    Optional<Result> unavailable = LinuxGuest.unavailable(name(), description(), "MB/s");
    if (unavailable.isPresent()) {
      return unavailable.get();
    }
    Path file = bench.folder().resolve("copied");
    byte[] bytes = new byte[MIB << 20];
    new Random(1).nextBytes(bytes);
    Files.write(file, bytes);
    Path disk = Files.copy(file, bench.folder().resolve("copied.img"));
    LinuxGuest guest = new LinuxGuest();
    Figure read = Figure.of("virtio-blk, the guest reads");
    Figure write = Figure.of("virtio-blk, the guest writes");
    Figure in = Figure.of("Javisor's copyIn");
    Figure out = Figure.of("Javisor's copyOut");
    try (VirtualMachine vm = guest.boot(guest.builder("512M").disk(disk))) {
      for (int round = -WARM_UPS; round < Math.max(3, bench.rounds() / 3); round++) {
        double[] speeds = {
          speed(() -> dd(vm, "if=/dev/vda", "of=/tmp/copied")),
          speed(() -> dd(vm, "if=/tmp/copied", "of=/dev/vda", "conv=fsync")),
          speed(() -> vm.agent().copyIn(file, "/tmp/copied")),
          speed(() -> vm.agent().copyOut("/tmp/copied", bench.folder().resolve("back")))
        };
        if (round >= 0) {
          read.samples().add(speeds[0]);
          write.samples().add(speeds[1]);
          in.samples().add(speeds[2]);
          out.samples().add(speeds[3]);
        }
      }
    }
    if (Files.mismatch(file, bench.folder().resolve("back")) >= 0) {
      throw new IllegalStateException("the file came back as another one");
    }
    return new Result(description(), "MB/s", List.of(read, write, in, out), List.of());
  }

  /** Something that moves the file. */
  private interface Move {
    void run() throws InterruptedException;
  }

  private static double speed(Move move) throws InterruptedException {
    long start = System.nanoTime();
    move.run();
    return (MIB << 20) / 1e6 / ((System.nanoTime() - start) / 1e9);
  }

  private static void dd(VirtualMachine vm, String... operands) throws InterruptedException {
    String[] argv = new String[operands.length + 2];
    argv[0] = "dd";
    argv[1] = "bs=1M";
    System.arraycopy(operands, 0, argv, 2, operands.length);
    // Of a disk whose bytes the guest's kernel has, nothing would be read.
    vm.exec("sh", "-c", "echo 3 >/proc/sys/vm/drop_caches").requireSuccess();
    vm.agent().command(argv).timeout(LinuxGuest.PATIENCE).run().requireSuccess();
  }
}
