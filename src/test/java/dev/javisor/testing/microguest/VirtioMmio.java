package dev.javisor.testing.microguest;

import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static dev.javisor.testing.microguest.Reg.RCX;

/**
 * A virtio device among registers in memory, 4 KiB apart, the first of which is at a fixed address:
 * Firecracker's. Javisor has none of this kind.
 *
 * <p>Source: virtio 1.3 §4.2.2.
 */
final class VirtioMmio implements VirtioTransport {
  private static final long FIRST = 0xc000_1000L;
  private static final int STRIDE = 0x1000;
  private static final int SLOTS = 16;
  private static final int MAGIC = 0x7472_6976;

  private static final int DEVICE_ID = 0x008;
  private static final int DEVICE_FEATURES = 0x010;
  private static final int DEVICE_FEATURES_SELECT = 0x014;
  private static final int DRIVER_FEATURES = 0x020;
  private static final int DRIVER_FEATURES_SELECT = 0x024;
  private static final int QUEUE_SELECT = 0x030;
  private static final int QUEUE_SIZE = 0x038;
  private static final int QUEUE_READY = 0x044;
  private static final int QUEUE_NOTIFY = 0x050;
  private static final int STATUS = 0x070;
  private static final int QUEUE_DESCRIPTORS = 0x080;
  private static final int QUEUE_AVAILABLE = 0x090;
  private static final int QUEUE_USED = 0x0a0;
  private static final int CONFIG = 0x100;

  private final int type;
  private final Mem base;

  /**
   * @param type the device's, such as 2 for a disk
   * @param variables 8 bytes of RAM for its own use
   */
  VirtioMmio(int type, long variables) {
    this.type = type;
    base = Mem.at(variables);
  }

  @Override
  public void find(Assembler a) {
    Label found = a.label();
    Label next = a.label();
    a.mov(RBX, FIRST);
    a.mov(RCX, SLOTS);
    Label again = a.here(a.label());
    a.load(4, RAX, Mem.at(RBX));
    a.cmp(RAX, MAGIC);
    a.jump(Condition.NOT_EQUAL, next);
    a.load(4, RAX, Mem.at(RBX, DEVICE_ID));
    a.cmp(RAX, type);
    a.jump(Condition.EQUAL, found);
    a.here(next);
    a.add(RBX, STRIDE);
    a.dec(RCX);
    a.jump(Condition.NOT_EQUAL, again);
    VirtioTransport.fail(a, "no virtio-mmio device of type " + type);
    a.here(found);
    a.store(8, base, RBX);
  }

  @Override
  public void loadStatus(Assembler a) {
    load(a, STATUS);
  }

  @Override
  public void storeStatus(Assembler a, int status) {
    store(a, STATUS, status);
  }

  @Override
  public void loadFeatures(Assembler a, int word) {
    store(a, DEVICE_FEATURES_SELECT, word);
    load(a, DEVICE_FEATURES);
  }

  @Override
  public void storeFeatures(Assembler a, int word) {
    store(a, DRIVER_FEATURES_SELECT, word);
    a.store(4, Mem.at(RBX, DRIVER_FEATURES), RAX);
  }

  @Override
  public void enable(Assembler a, VirtioQueue queue) {
    store(a, QUEUE_SELECT, queue.index());
    store(a, QUEUE_SIZE, queue.size());
    storeAddress(a, QUEUE_DESCRIPTORS, queue.descriptors());
    storeAddress(a, QUEUE_AVAILABLE, queue.available());
    storeAddress(a, QUEUE_USED, queue.used());
    store(a, QUEUE_READY, 1);
  }

  @Override
  public void kick(Assembler a, VirtioQueue queue) {
    store(a, QUEUE_NOTIFY, queue.index());
  }

  @Override
  public void config(Assembler a) {
    a.load(8, RBX, base);
    a.add(RBX, CONFIG);
  }

  private void load(Assembler a, int register) {
    a.load(8, RBX, base);
    a.load(4, RAX, Mem.at(RBX, register));
  }

  private void store(Assembler a, int register, int value) {
    a.load(8, RBX, base);
    a.store(4, Mem.at(RBX, register), value);
  }

  private void storeAddress(Assembler a, int register, long gpa) {
    store(a, register, (int) gpa);
    store(a, register + 4, (int) (gpa >>> 32));
  }
}
