package dev.javisor.bench.device;

import dev.javisor.testing.microguest.BlkDriver;

/**
 * What a guest asks of a device.
 *
 * @param device that it drives
 * @param type of its requests: see {@link BlkDriver}; 0 where there is but one
 * @param bytes of a request, a power of two
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
    CONSOLE
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

  /** What is measured goes on until so many bytes have come or gone. */
  long allBytes() {
    return (long) bytes * count;
  }

  int sectors() {
    return bytes / SECTOR;
  }
}
