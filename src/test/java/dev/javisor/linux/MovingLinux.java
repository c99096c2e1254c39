package dev.javisor.linux;

import dev.javisor.config.ConsoleMode;
import dev.javisor.config.DiskEngine;
import dev.javisor.event.VmExit;
import dev.javisor.internal.block.file.DiskSpec;
import dev.javisor.internal.console.ConsolePorts;
import dev.javisor.internal.kvm.Kvm;
import dev.javisor.internal.machine.CpuSpec;
import dev.javisor.internal.machine.DiskDevices;
import dev.javisor.internal.machine.EntropyDevices;
import dev.javisor.internal.machine.KvmPlatform;
import dev.javisor.internal.machine.Machine;
import dev.javisor.internal.machine.MachineInternals;
import dev.javisor.internal.machine.MachineListener;
import dev.javisor.internal.machine.MachineSpec;
import dev.javisor.internal.machine.MachineState;
import dev.javisor.internal.machine.Payload;
import dev.javisor.internal.machine.PciDeviceFactory;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.testing.microguest.RamCopy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Debian's kernel on two vCPUs, with two disks, an entropy device and a virtio console, that can
 * move to a new machine.
 */
final class MovingLinux implements AutoCloseable {
  private static final long RAM = 256L << 20;

  private final MachineSpec spec;
  private final Output output = new Output();
  private Machine machine;

  private MovingLinux(MachineSpec spec) {
    this.spec = spec;
    machine = new KvmPlatform(Kvm.DEVICE).create(spec, output);
  }

  /** Boots it. */
  static MovingLinux boot(Path initramfs, Path... disks) {
    Payload payload =
        new Payload(
            Payload.Kind.KERNEL,
            LinuxGuest.kernel().image(),
            Optional.of(initramfs),
            "console=hvc0 quiet panic=-1");
    MovingLinux made =
        new MovingLinux(
            new MachineSpec(
                "moving",
                payload,
                new CpuSpec(2, 1, 2, 1, 1),
                new RamSpec(RAM, false, false, true, false),
                new ConsolePorts(ConsoleMode.none(), ConsoleMode.api()),
                List.of(
                    disk("disk0", disks[0]),
                    disk("disk1", disks[1]),
                    EntropyDevices.from(Path.of("/dev/urandom"))),
                MovingLinux::thread,
                Optional.empty()));
    try {
      made.machine.boot();
      return made;
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
  }

  /** Goes on in a new machine; the one before is closed. */
  void move() {
    machine.pause();
    MachineState state = machine.save();
    RamCopy ram = RamCopy.of(MachineInternals.memory(machine));
    output.moves = true;
    machine.close();
    output.moves = false;
    machine = new KvmPlatform(Kvm.DEVICE).create(spec, output);
    machine.restore(state, ram::to);
    machine.resume();
  }

  /** Waits for a line of the console that starts like this. */
  void awaitLine(String start) throws InterruptedException {
    await(() -> lines().stream().anyMatch(line -> line.startsWith(start)), start);
  }

  /** Waits until the guest has written that much more to a disk. */
  void awaitWritten(String disk, long bytes) throws InterruptedException {
    long before = written(disk);
    await(() -> written(disk) >= before + bytes, "writes to " + disk);
  }

  /** Waits for its end. */
  VmExit awaitExit() throws InterruptedException {
    await(output.exit::isDone, "its end");
    return output.exit.join();
  }

  /** What the console has shown on all machines, in whole lines. */
  List<String> lines() {
    return output.text().lines().map(String::stripTrailing).toList();
  }

  @Override
  public void close() {
    machine.close();
  }

  private long written(String disk) {
    return machine.counters().get(disk).get("write_bytes");
  }

  private void await(BooleanSupplier condition, String what) throws InterruptedException {
    long deadline = System.nanoTime() + LinuxGuest.LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (output.exit.isDone() && !condition.getAsBoolean() || System.nanoTime() > deadline) {
        throw new AssertionError(
            "not seen: %s; %s\n%s".formatted(what, machine.vcpus(), output.text()));
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  private static PciDeviceFactory disk(String id, Path path) {
    return DiskDevices.from(
        new DiskSpec(id, id, path, null, false, false, 2, 64, "", DiskEngine.AUTO));
  }

  private static Thread thread(String role, Runnable body) {
    Thread thread = new Thread(body, "moving " + role);
    thread.setDaemon(true);
    return thread;
  }

  private static final class Output implements MachineListener {
    final CompletableFuture<VmExit> exit = new CompletableFuture<>();
    volatile boolean moves;
    private final StringBuilder text = new StringBuilder();

    synchronized String text() {
      return text.toString();
    }

    @Override
    public synchronized void onConsoleOutput(byte b) {
      text.append(new String(new byte[] {b}, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void onConsoleInputReady() {}

    @Override
    public void onDeviceActivated(String device) {}

    @Override
    public void onDeviceReset(String device) {}

    @Override
    public @Nullable VmExit onGuestReset() {
      return new VmExit.Reset();
    }

    @Override
    public void onReboot() {}

    @Override
    public void onExit(VmExit how) {
      if (!moves) {
        exit.complete(how);
      }
    }
  }
}
