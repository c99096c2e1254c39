package dev.javisor.bench.device;

import dev.javisor.VirtualMachine;
import dev.javisor.config.ConsoleMode;
import dev.javisor.config.DiskConfig;
import dev.javisor.testing.microguest.BlkDriver;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What a guest asks of a device.
 *
 * @param device that it drives
 * @param type of its requests: see {@link BlkDriver}; 0 where there is but one
 * @param bytes of a request, a power of two but for frames of networks
 * @param depth how many requests there are at once
 * @param sequential whether each request is for what follows the one before; at random otherwise
 * @param direct whether the host's page cache is bypassed
 * @param count how many requests are measured
 */
record Workload(
    Device device, int type, int bytes, int depth, boolean sequential, boolean direct, int count) {
  /** The size of disks in bytes. */
  static final int DISK = 64 << 20;

  private static final int SECTOR = 512;

  /** The devices that there are loads for. */
  enum Device {
    DISK,
    RNG,
    CONSOLE,
    /** A network that sends. */
    SENDER,
    /** A network that receives what waits for it. */
    RECEIVER,
    /** A network whose frames are answered. */
    PING;

    boolean isNet() {
      return this == SENDER || this == RECEIVER || this == PING;
    }
  }

  /** A load on a disk whose file is in the page cache. */
  static Workload disk(int type, int bytes, int depth, boolean sequential, int count) {
    return new Workload(Device.DISK, type, bytes, depth, sequential, false, count);
  }

  /** The same with a file on a real disk, past the page cache. */
  Workload pastTheCache() {
    return new Workload(device, type, bytes, depth, sequential, true, count);
  }

  /** A load on the random number generator. */
  static Workload rng(int bytes, int count) {
    return new Workload(Device.RNG, 0, bytes, 1, false, false, count);
  }

  /** A load on the virtio console: output. */
  static Workload console(int bytes, int count) {
    return new Workload(Device.CONSOLE, 0, bytes, 1, false, false, count);
  }

  /** Frames that a network sends or receives, or that are answered one at a time. */
  static Workload net(Device device, int bytes, int count) {
    return new Workload(device, 0, bytes, device == Device.PING ? 1 : 128, false, false, count);
  }

  /**
   * Adds its device to a machine of Javisor's.
   *
   * @param disk the file of the disk, where the load is on one
   * @param options of the disk
   */
  UnaryOperator<VirtualMachine.Builder> on(Path disk, Consumer<DiskConfig> options) {
    return builder ->
        switch (device) {
          case RNG -> builder.rng();
          case CONSOLE -> builder.serial(ConsoleMode.api()).virtioConsole(ConsoleMode.none());
          case DISK ->
              builder.disk(
                  config -> {
                    config.path(disk).direct(direct);
                    options.accept(config);
                  });
          case SENDER, RECEIVER, PING ->
              throw new IllegalArgumentException("a network is on no disk");
        };
  }

  /** What is measured goes on until so many bytes have come or gone. */
  long allBytes() {
    return (long) bytes * count;
  }

  int sectors() {
    return bytes / SECTOR;
  }
}
