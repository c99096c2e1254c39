package dev.javisor.testing.microguest;

import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static dev.javisor.testing.microguest.Reg.RCX;

/**
 * Drives a virtio disk from a micro-guest, up to 32 requests at once:
 *
 * <pre>{@code
 * BlkDriver disk = BlkDriver.pci(0, MicroGuest.DATA);
 * MicroGuest.code(a -> {
 *   disk.start(a);
 *   disk.request(a, BlkDriver.READ, sector, buffer, 4096); // and waits for its end
 * });
 * }</pre>
 *
 * <p>Registers and failures as with {@link VirtioDriver}; a request that fails is such a failure.
 *
 * <p>For several requests at once: {@link #prepare} each, {@link #sector} and {@link
 * VirtioQueue#offer} with {@link #head} in RBX, {@link VirtioQueue#publish} once, then {@link
 * #await} for each.
 *
 * <p>Source: virtio 1.3 §5.2.6.
 */
public final class BlkDriver {
  /** The request type that reads. */
  public static final int READ = 0;

  /** The request type that writes. */
  public static final int WRITE = 1;

  /** The request type that waits until all data is safe; it has none of its own. */
  public static final int FLUSH = 4;

  /** How many requests there can be at once. */
  public static final int SLOTS = 32;

  /** What it takes up in RAM, in bytes. */
  public static final int BYTES = 0x6000;

  /** One more than a request needs, so that numbers can be shifted instead of divided. */
  private static final int DESCRIPTORS_EACH = 4;

  private static final int FEATURE_FLUSH = 1 << 9;
  private static final int HEADERS = 0x5000;
  private static final int STATUSES = 0x5400;
  private static final int HEADER_BYTES = 16;
  private static final int PENDING = 0xff;

  private final VirtioDriver driver;
  private final VirtioQueue queue;
  private final long memory;

  private BlkDriver(VirtioDriver driver, long memory) {
    this.driver = driver.features(FEATURE_FLUSH);
    this.memory = memory;
    queue = driver.queue(SLOTS * DESCRIPTORS_EACH);
  }

  /**
   * Drives the first disk on PCI bus 0.
   *
   * @param number tells several drivers in one guest apart: 0, 1, 2 and so on
   * @param memory the gpa of {@link #BYTES} of RAM for its own use, zeros, below 2 GiB
   */
  public static BlkDriver pci(int number, long memory) {
    return new BlkDriver(VirtioDriver.pci(VirtioDriver.BLOCK, number, memory), memory);
  }

  /** Drives the first disk among Firecracker's virtio-mmio devices. */
  public static BlkDriver mmio(long memory) {
    return new BlkDriver(VirtioDriver.mmio(VirtioDriver.BLOCK, memory), memory);
  }

  /** Brings the disk to life. */
  public void start(Assembler a) {
    driver.start(a);
  }

  /** The device's queue. */
  public VirtioQueue queue() {
    return queue;
  }

  /**
   * Carries out a request and waits for its end; there must be no other one.
   *
   * @param gpa of the data
   * @param bytes of data; 0 for a flush
   */
  public void request(Assembler a, int type, long sector, long gpa, int bytes) {
    prepare(a, 0, type, gpa, bytes);
    a.mov(RAX, sector);
    a.mov(RBX, head(0));
    sector(a);
    queue.offer(a);
    queue.publish(a);
    await(a);
  }

  /** Fills in a request, but for its sector. */
  public void prepare(Assembler a, int slot, int type, long gpa, int bytes) {
    long header = memory + HEADERS + (long) slot * HEADER_BYTES;
    long status = memory + STATUSES + (long) slot * HEADER_BYTES;
    int head = head(slot);
    a.store(4, Mem.at(header), type);
    a.store(4, Mem.at(header + 4), 0);
    queue.describe(
        a, head, header, HEADER_BYTES, VirtioQueue.NEXT, bytes == 0 ? head + 2 : head + 1);
    queue.describe(
        a,
        head + 1,
        gpa,
        bytes,
        VirtioQueue.NEXT | (type == READ ? VirtioQueue.WRITE : 0),
        head + 2);
    queue.describe(a, head + 2, status, 1, VirtioQueue.WRITE, 0);
  }

  /** The number of the first descriptor of a request. */
  public static int head(int slot) {
    return slot * DESCRIPTORS_EACH;
  }

  /** Gives the request whose first descriptor's number is in RBX the sector in RAX; takes RCX. */
  public void sector(Assembler a) {
    offset(a);
    a.store(8, Mem.at(RCX, (int) memory + HEADERS + 8), RAX);
    a.store(1, Mem.at(RCX, (int) memory + STATUSES), PENDING);
  }

  /** Waits for the end of a request; RBX gets the number of its first descriptor. */
  public void await(Assembler a) {
    queue.await(a);
    check(a);
  }

  /** Fails if the request whose first descriptor's number is in RBX did; takes RCX. */
  public void check(Assembler a) {
    Label good = a.label();
    offset(a);
    a.cmp(1, Mem.at(RCX, (int) memory + STATUSES), 0);
    a.jump(Condition.EQUAL, good);
    VirtioTransport.fail(a, "a request to the disk");
    a.here(good);
  }

  private static void offset(Assembler a) {
    a.mov(RCX, RBX);
    a.shl(RCX, Integer.numberOfTrailingZeros(HEADER_BYTES / DESCRIPTORS_EACH));
  }
}
