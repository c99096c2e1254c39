package dev.javisor.testing.microguest;

import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static dev.javisor.testing.microguest.Reg.RCX;

/**
 * Code by which a guest drives a virtio device on the PCI bus: one request at a time in each queue,
 * always with the chain that starts at descriptor 0. It takes RAX, RBX and RCX.
 *
 * <p>Source: virtio 1.3 §2.7, §4.1.
 */
public final class MicroDriver {
  /** Bytes of RAM that each device takes, from {@link MicroGuest#DATA} plus its slot times this. */
  private static final long AREA = 0x1_0000;

  private static final long ECAM = 0xe800_0000L;
  private static final long BARS = 0xd000_0000L;
  private static final long LAPIC = 0xfee0_0000L;
  private static final int MSIX_CONTROL = 0x42;
  private static final int MSIX_TABLE = 0x8000;
  private static final int NOTIFY = 0x6000;
  private static final int STATUS = 0x14;
  private static final int FEATURES_OK = 1 | 2 | 8;
  private static final int NEXT = 1;
  private static final int WRITE = 2;

  private final int slot;

  /**
   * @param slot the device's, below 16
   */
  public MicroDriver(int slot) {
    this.slot = slot;
  }

  /** Where the device's registers are once it is started, below 4 GiB. */
  public long bar() {
    return BARS + ((long) slot << 20);
  }

  /** Its configuration space. */
  public long config() {
    return ECAM + ((long) slot << 15);
  }

  /** Moves the BAR, resets the device, negotiates no more than VERSION_1, and starts it. */
  public void start(Assembler a, Queue... queues) {
    start(a, 0, queues);
  }

  /**
   * Likewise, with more features.
   *
   * @param features of features 0 to 31, which the device must offer
   */
  public void start(Assembler a, int features, Queue... queues) {
    moveBar(a);
    a.mov(RBX, bar());
    a.store(1, Mem.at(RBX, STATUS), 0);
    a.store(1, Mem.at(RBX, STATUS), 1 | 2);
    a.store(4, Mem.at(RBX, 0x08), 0);
    a.store(4, Mem.at(RBX, 0x0c), features);
    a.store(4, Mem.at(RBX, 0x08), 1);
    a.store(4, Mem.at(RBX, 0x0c), 1);
    a.store(1, Mem.at(RBX, STATUS), FEATURES_OK);
    for (Queue queue : queues) {
      queue.enable(a);
    }
    a.store(1, Mem.at(RBX, STATUS), FEATURES_OK | 4);
  }

  /** Lets the device's first vector interrupt the first processor. Before {@link #start}. */
  public void interrupts(Assembler a, int vector) {
    moveBar(a);
    a.store(2, Mem.at(RBX, MSIX_CONTROL), 0x8000);
    a.mov(RBX, bar() + MSIX_TABLE);
    a.store(4, Mem.at(RBX), (int) LAPIC);
    a.store(4, Mem.at(RBX, 4), 0);
    a.store(4, Mem.at(RBX, 8), vector);
    a.store(4, Mem.at(RBX, 12), 0);
  }

  /** RBX gets the address of configuration space. */
  private void moveBar(Assembler a) {
    a.mov(RBX, config());
    a.store(2, Mem.at(RBX, 4), 0);
    a.store(4, Mem.at(RBX, 0x10), (int) bar());
    a.store(4, Mem.at(RBX, 0x14), 0);
    a.store(2, Mem.at(RBX, 4), 2 | 4);
  }

  /** A queue of this device whose requests have one part. */
  public Queue queue(int index, int doorbell) {
    return new Queue(index, doorbell, 1);
  }

  /** A queue of this device whose requests have up to four parts. */
  public Queue chains(int index) {
    return chains(index, index);
  }

  /** Likewise, with a doorbell that several queues have. */
  public Queue chains(int index, int doorbell) {
    return new Queue(index, doorbell, 4);
  }

  /** A queue. */
  public final class Queue {
    private final int index;
    private final int doorbell;
    private final int size;
    private final long memory;

    private Queue(int index, int doorbell, int size) {
      this.index = index;
      this.doorbell = doorbell;
      this.size = size;
      memory = MicroGuest.DATA + AREA * slot + 0x4000L * index;
    }

    /** 4 KiB of RAM for its buffers. */
    public long buffers() {
      return memory + 0x3000;
    }

    /** Describes a part of the request. */
    public void part(Assembler a, int number, long gpa, int length, boolean write, boolean last) {
      long descriptor = memory + 16L * number;
      a.store(8, Mem.at(descriptor), (int) gpa);
      a.store(4, Mem.at(descriptor + 8), length);
      a.store(2, Mem.at(descriptor + 12), (write ? WRITE : 0) | (last ? 0 : NEXT));
      a.store(2, Mem.at(descriptor + 14), number + 1);
    }

    /** Makes the request available, and rings. */
    public void submit(Assembler a) {
      a.inc(2, Mem.at(available() + 2));
      a.mov(RBX, bar() + NOTIFY + 4L * doorbell);
      a.store(2, Mem.at(RBX), index);
    }

    /** Compares the rings: EQUAL holds if the device has given the request back. */
    public void compare(Assembler a) {
      a.mov(RAX, 0);
      a.load(2, RAX, Mem.at(used() + 2));
      a.mov(RCX, 0);
      a.load(2, RCX, Mem.at(available() + 2));
      a.cmp(RAX, RCX);
    }

    /** Waits until the device has given the request back. */
    public void await(Assembler a) {
      Label again = a.here(a.label());
      a.pause();
      compare(a);
      a.jump(Condition.NOT_EQUAL, again);
    }

    /** The length that the device gave back, where requests have one part. */
    public Mem written() {
      return Mem.at(used() + 8);
    }

    /** The number of requests that the device gave back, 2 bytes. */
    public Mem answers() {
      return Mem.at(used() + 2);
    }

    private long available() {
      return memory + 0x1000;
    }

    private long used() {
      return memory + 0x2000;
    }

    private void enable(Assembler a) {
      a.store(2, Mem.at(RBX, 0x16), index);
      a.store(2, Mem.at(RBX, 0x18), size);
      a.store(2, Mem.at(RBX, 0x1a), 0);
      area(a, 0x20, memory);
      area(a, 0x28, available());
      area(a, 0x30, used());
      a.store(2, Mem.at(RBX, 0x1c), 1);
    }

    private static void area(Assembler a, int offset, long gpa) {
      a.store(4, Mem.at(RBX, offset), (int) gpa);
      a.store(4, Mem.at(RBX, offset + 4), 0);
    }
  }
}
