package dev.javisor.bench.device;

import static dev.javisor.testing.microguest.Reg.R10;
import static dev.javisor.testing.microguest.Reg.R11;
import static dev.javisor.testing.microguest.Reg.R12;
import static dev.javisor.testing.microguest.Reg.R13;
import static dev.javisor.testing.microguest.Reg.R8;
import static dev.javisor.testing.microguest.Reg.R9;
import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static dev.javisor.testing.microguest.Reg.RSI;

import dev.javisor.testing.microguest.Assembler;
import dev.javisor.testing.microguest.BlkDriver;
import dev.javisor.testing.microguest.Condition;
import dev.javisor.testing.microguest.Label;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.VirtioDriver;
import dev.javisor.testing.microguest.VirtioQueue;

/**
 * The guest that puts a load on a device, and says on its serial line how many ticks of the
 * time-stamp counter that took. It does an eighth of the load before it looks at the counter.
 */
final class LoadGuest {
  /** What the line with the result starts with; the ticks and the bytes follow in hexadecimal. */
  static final String RESULT = "result ";

  /** The line before what is measured. */
  static final String BEGIN = "begin";

  /** What a line starts with that says why there is no result. */
  static final String FAILED = "failed: ";

  private static final long DRIVER = MicroGuest.DATA;
  private static final long BUFFERS = DRIVER + 0x10_0000;
  private static final int WARM_UP_SHARE = 8;
  private static final int SHORT_QUEUE = 8;

  /** An odd number whose multiples are spread well: 2 to the 64 by the golden ratio. */
  private static final long STRIDE = 0x9e37_79b9_7f4a_7c15L;

  private final Workload load;
  private final boolean mmio;

  private LoadGuest(Workload load, boolean mmio) {
    this.load = load;
    this.mmio = mmio;
  }

  /**
   * A guest for a load.
   *
   * @param mmio whether devices are on virtio-mmio, instead of PCI
   */
  static MicroGuest of(Workload load, boolean mmio) {
    LoadGuest guest = new LoadGuest(load, mmio);
    return MicroGuest.code(
        switch (load.device()) {
          case DISK -> guest::disk;
          case RNG -> guest::rng;
          case CONSOLE -> guest::console;
          case SENDER, RECEIVER, PING -> throw new IllegalArgumentException("see NetGuest");
        });
  }

  private void disk(Assembler a) {
    BlkDriver disk = mmio ? BlkDriver.mmio(DRIVER) : BlkDriver.pci(0, DRIVER);
    disk.start(a);
    for (int slot = 0; slot < load.depth(); slot++) {
      disk.prepare(a, slot, load.type(), BUFFERS + (long) slot * load.bytes(), load.bytes());
    }
    a.mov(R10, 0);
    a.mov(R11, load.sequential() ? load.sectors() : STRIDE);
    requests(a, disk, load.count() / WARM_UP_SHARE);
    a.print("\n" + BEGIN + "\n");
    requests(a, disk, load.count());
    a.mov(R13, load.allBytes());
    report(a);
  }

  private void requests(Assembler a, BlkDriver disk, int count) {
    keepFull(
        a,
        disk.queue(),
        count,
        load.depth(),
        BlkDriver.head(1),
        () -> submit(a, disk),
        () -> disk.check(a));
  }

  /**
   * Keeps a queue full until so many requests have ended; R12 gets the ticks. R8 counts what is to
   * be submitted, R9 what is to end, R13 what the device was not told of.
   *
   * @param stride from the first descriptor of a request to that of the next
   * @param submit offers the request whose first descriptor's number is in RBX
   * @param taken looks at the one that has ended, likewise; RSI has the bytes
   */
  static void keepFull(
      Assembler a,
      VirtioQueue queue,
      int count,
      int depth,
      int stride,
      Runnable submit,
      Runnable taken) {
    a.mov(R8, count - depth);
    a.mov(R9, count);
    a.mov(R13, 0);
    a.rdtsc();
    a.mov(R12, RAX);
    for (int slot = 0; slot < depth; slot++) {
      a.mov(RBX, slot * stride);
      submit.run();
    }
    Label take = a.label();
    Label none = a.label();
    Label idle = a.label();
    Label done = a.label();
    queue.publish(a);
    a.here(take);
    queue.take(a, none);
    taken.run();
    a.dec(R9);
    a.cmp(R8, 0);
    a.jump(Condition.EQUAL, take);
    a.dec(R8);
    a.inc(R13);
    submit.run();
    a.jmp(take);
    a.here(none);
    a.cmp(R9, 0);
    a.jump(Condition.EQUAL, done);
    a.cmp(R13, 0);
    a.jump(Condition.EQUAL, idle);
    a.mov(R13, 0);
    queue.publish(a);
    a.jmp(take);
    a.here(idle);
    a.pause();
    a.jmp(take);
    a.here(done);
    stop(a);
  }

  private void submit(Assembler a, BlkDriver disk) {
    int places = Workload.DISK / load.bytes();
    a.mov(RAX, R10);
    if (load.sequential()) {
      a.and(RAX, places * load.sectors() - 1);
    } else {
      a.shr(RAX, Long.SIZE - Integer.numberOfTrailingZeros(places));
      a.shl(RAX, Integer.numberOfTrailingZeros(load.sectors()));
    }
    a.add(R10, R11);
    disk.sector(a);
    disk.queue().offer(a);
  }

  private void rng(Assembler a) {
    VirtioDriver rng = driver(VirtioDriver.ENTROPY);
    VirtioQueue queue = rng.queue(SHORT_QUEUE);
    rng.start(a);
    queue.describe(a, 0, BUFFERS, load.bytes(), VirtioQueue.WRITE, 0);
    repeat(a, queue);
    report(a);
  }

  private void console(Assembler a) {
    VirtioDriver console = driver(VirtioDriver.CONSOLE);
    console.queue(SHORT_QUEUE);
    VirtioQueue transmit = console.queue(SHORT_QUEUE);
    console.start(a);
    transmit.describe(a, 0, BUFFERS, load.bytes(), 0, 0);
    repeat(a, transmit);
    a.mov(R13, load.allBytes());
    report(a);
  }

  private VirtioDriver driver(int type) {
    return mmio ? VirtioDriver.mmio(type, DRIVER) : VirtioDriver.pci(type, 0, DRIVER);
  }

  private void repeat(Assembler a, VirtioQueue queue) {
    one(a, queue, load.count() / WARM_UP_SHARE);
    a.print("\n" + BEGIN + "\n");
    one(a, queue, load.count());
  }

  /** The same request over and over; R13 counts the bytes that the device writes. */
  private static void one(Assembler a, VirtioQueue queue, int count) {
    a.mov(R13, 0);
    a.rdtsc();
    a.mov(R12, RAX);
    a.times(
        R9,
        count,
        () -> {
          a.mov(RBX, 0);
          queue.offer(a);
          queue.publish(a);
          queue.await(a);
          a.add(R13, RSI);
        });
    stop(a);
  }

  /** R12 gets the ticks. */
  static void stop(Assembler a) {
    a.rdtsc();
    a.sub(RAX, R12);
    a.mov(R12, RAX);
  }

  /** Prints the result: R12 ticks, R13 bytes. */
  static void report(Assembler a) {
    a.print("\n" + RESULT);
    a.printHex(R12);
    a.print(" ");
    a.printHex(R13);
    a.print("\n");
  }
}
