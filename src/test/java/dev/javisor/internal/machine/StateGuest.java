package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.MicroGuest.DATA;
import static dev.javisor.testing.microguest.Reg.R12;
import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RCX;

import dev.javisor.testing.microguest.Assembler;
import dev.javisor.testing.microguest.Condition;
import dev.javisor.testing.microguest.Label;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroDriver;

/**
 * Guests that keep devices busy, round by round, and check what they get. A dot tells of the end,
 * an exclamation mark of a failure.
 */
final class StateGuest {
  private static final int SERIAL = 0x3f8;
  static final int SECTORS = 256;
  static final int SECTOR = 512;
  static final int ENTROPY = 64;
  static final Mem ROUNDS = Mem.at(DATA);
  static final Mem STOP = Mem.at(DATA + 8);
  static final Mem ENTROPY_BYTES = Mem.at(DATA + 16);
  static final Mem INTERRUPTS = Mem.at(DATA + 24);

  /** Frames that came in. */
  static final Mem FRAMES = Mem.at(DATA + 32);

  /** One more than the number in the last frame that came in. */
  private static final Mem NEXT_FRAME = Mem.at(DATA + 40);

  /** Where a frame has its number, behind the headers of virtio and of Ethernet. */
  static final int FRAME_NUMBER = 12 + 20;

  private static final int FRAME = 12 + 60;

  // By slots: the console has the first.
  private static final MicroDriver CONSOLE = new MicroDriver(1);
  private static final MicroDriver.Queue INPUT = CONSOLE.queue(0, 0);
  private static final MicroDriver.Queue OUTPUT = CONSOLE.queue(1, 0);
  private static final MicroDriver FILE = new MicroDriver(2);
  private static final MicroDriver.Queue FILE_REQUESTS = FILE.chains(0);
  private static final MicroDriver HELD = new MicroDriver(3);
  private static final MicroDriver.Queue HELD_REQUESTS = HELD.chains(0);
  private static final MicroDriver RNG = new MicroDriver(4);
  private static final MicroDriver.Queue RNG_REQUESTS = RNG.queue(0, 0);

  private static final MicroDriver NET = new MicroDriver(5);
  private static final MicroDriver.Queue FRAMES_IN = NET.queue(0, 0);
  private static final MicroDriver.Queue FRAMES_OUT = NET.queue(1, 0);

  private StateGuest() {}

  /**
   * Rounds with two disks, an entropy device, a virtio console, a network and a serial port, until
   * STOP.
   */
  static void workWithAll(Assembler a) {
    describeWrites(a, FILE_REQUESTS);
    describeWrites(a, HELD_REQUESTS);
    RNG_REQUESTS.part(a, 0, RNG_REQUESTS.buffers(), ENTROPY, true, true);
    OUTPUT.part(a, 0, OUTPUT.buffers(), 1, false, true);
    INPUT.part(a, 0, INPUT.buffers(), 1, true, true);
    FRAMES_IN.part(a, 0, FRAMES_IN.buffers(), 2048, true, true);
    FRAMES_OUT.part(a, 0, FRAMES_OUT.buffers(), FRAME, false, true);
    FILE.start(a, FILE_REQUESTS);
    HELD.start(a, HELD_REQUESTS);
    RNG.start(a, RNG_REQUESTS);
    CONSOLE.start(a, INPUT, OUTPUT);
    NET.start(a, FRAMES_IN, FRAMES_OUT);
    INPUT.submit(a);
    FRAMES_IN.submit(a);
    a.mov(R12, 0);
    Label again = a.here(a.label());
    Label failed = a.label();
    write(a, FILE_REQUESTS);
    write(a, HELD_REQUESTS);
    RNG_REQUESTS.submit(a);
    letter(a);
    a.store(1, Mem.at(OUTPUT.buffers()), RAX);
    a.out(1, SERIAL);
    OUTPUT.submit(a);
    a.store(8, Mem.at(FRAMES_OUT.buffers() + FRAME_NUMBER), R12);
    FRAMES_OUT.submit(a);
    awaitDisk(a, FILE_REQUESTS, failed);
    awaitDisk(a, HELD_REQUESTS, failed);
    RNG_REQUESTS.await(a);
    a.mov(RAX, 0);
    a.load(4, RAX, RNG_REQUESTS.written());
    a.lockXadd(8, ENTROPY_BYTES, RAX);
    OUTPUT.await(a);
    FRAMES_OUT.await(a);
    readBack(a, failed);
    echo(a);
    takeFrame(a, failed);
    nextRound(a, again);
    a.store(1, Mem.at(OUTPUT.buffers()), '.');
    OUTPUT.submit(a);
    a.spin();
    a.here(failed);
    a.store(1, Mem.at(OUTPUT.buffers()), '!');
    OUTPUT.submit(a);
    a.spin();
  }

  /** Rounds with one disk, at CPL 0, asleep until its interrupt comes, until STOP. */
  static void sleepForEachWrite(Assembler a, int vector) {
    MicroDriver driver = new MicroDriver(1);
    MicroDriver.Queue requests = driver.chains(0);
    describeWrites(a, requests);
    driver.interrupts(a, vector);
    driver.start(a, requests);
    a.mov(R12, 0);
    Label again = a.here(a.label());
    write(a, requests);
    Label awake = a.label();
    Label asleep = a.here(a.label());
    a.cli();
    a.load(8, RAX, INTERRUPTS);
    a.cmp(RAX, R12);
    a.jump(Condition.NOT_EQUAL, awake);
    a.sti();
    a.hlt();
    a.jmp(asleep);
    a.here(awake);
    a.sti();
    nextRound(a, again);
    a.print(".");
    a.spin();
  }

  /** A write of a sector: header, data, status. */
  private static void describeWrites(Assembler a, MicroDriver.Queue queue) {
    long header = queue.buffers();
    queue.part(a, 0, header, 16, false, false);
    queue.part(a, 1, header + 0x200, SECTOR, false, false);
    queue.part(a, 2, header + 0x10, 1, true, true);
  }

  /** Writes the round's number to the round's sector. */
  private static void write(Assembler a, MicroDriver.Queue queue) {
    long header = queue.buffers();
    a.store(4, Mem.at(header), 1);
    a.mov(RAX, R12);
    a.and(RAX, SECTORS - 1);
    a.store(8, Mem.at(header + 8), RAX);
    a.store(1, Mem.at(header + 0x10), 0xff);
    a.store(8, Mem.at(header + 0x200), R12);
    a.store(8, Mem.at(header + 0x200 + SECTOR - 8), R12);
    queue.submit(a);
  }

  private static void awaitDisk(Assembler a, MicroDriver.Queue queue, Label failed) {
    queue.await(a);
    a.cmp(1, Mem.at(queue.buffers() + 0x10), 0);
    a.jump(Condition.NOT_EQUAL, failed);
  }

  private static void readBack(Assembler a, Label failed) {
    long header = FILE_REQUESTS.buffers();
    long data = header + 0x200;
    a.store(4, Mem.at(header), 0);
    a.store(8, Mem.at(data), -1);
    a.store(8, Mem.at(data + SECTOR - 8), -1);
    FILE_REQUESTS.part(a, 1, data, SECTOR, true, false);
    FILE_REQUESTS.submit(a);
    awaitDisk(a, FILE_REQUESTS, failed);
    FILE_REQUESTS.part(a, 1, data, SECTOR, false, false);
    for (long word : new long[] {data, data + SECTOR - 8}) {
      a.load(8, RCX, Mem.at(word));
      a.cmp(RCX, R12);
      a.jump(Condition.NOT_EQUAL, failed);
    }
  }

  /** Sends what was typed, if anything was, to the serial port. */
  private static void echo(Assembler a) {
    Label none = a.label();
    INPUT.compare(a);
    a.jump(Condition.NOT_EQUAL, none);
    a.load(1, RAX, Mem.at(INPUT.buffers()));
    a.out(1, SERIAL);
    INPUT.submit(a);
    a.here(none);
  }

  /** Counts a frame, if there is one; it must not have been there before. */
  private static void takeFrame(Assembler a, Label failed) {
    Label none = a.label();
    FRAMES_IN.compare(a);
    a.jump(Condition.NOT_EQUAL, none);
    a.load(8, RAX, Mem.at(FRAMES_IN.buffers() + FRAME_NUMBER));
    a.load(8, RCX, NEXT_FRAME);
    a.cmp(RAX, RCX);
    a.jump(Condition.BELOW, failed);
    a.inc(RAX);
    a.store(8, NEXT_FRAME, RAX);
    a.inc(8, FRAMES);
    FRAMES_IN.submit(a);
    a.here(none);
  }

  private static void letter(Assembler a) {
    a.mov(RAX, R12);
    a.and(RAX, 15);
    a.add(RAX, 'A');
  }

  private static void nextRound(Assembler a, Label again) {
    a.inc(R12);
    a.store(8, ROUNDS, R12);
    a.cmp(4, STOP, 0);
    a.jump(Condition.EQUAL, again);
  }
}
