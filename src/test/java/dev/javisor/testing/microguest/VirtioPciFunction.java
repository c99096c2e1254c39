package dev.javisor.testing.microguest;

import static dev.javisor.testing.microguest.Reg.R8;
import static dev.javisor.testing.microguest.Reg.R9;
import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBP;
import static dev.javisor.testing.microguest.Reg.RBX;
import static dev.javisor.testing.microguest.Reg.RCX;
import static dev.javisor.testing.microguest.Reg.RDI;
import static dev.javisor.testing.microguest.Reg.RSI;

/**
 * A virtio device on PCI bus 0, of the modern kind: the first of its type. Somebody else, the
 * machine monitor or its firmware, has given its BARs their addresses. It has no interrupts then.
 *
 * <p>Source: virtio 1.3 §4.1.4; PCI Local Bus 3.0 §3.2.2.3.2, §6.1.
 */
final class VirtioPciFunction implements VirtioTransport {
  private static final int VENDOR = 0x1af4;
  private static final int FIRST_DEVICE = 0x1040;
  private static final int DEVICES = 32;
  private static final int DEVICE_STRIDE = 0x800;
  private static final long ENABLE = 0x8000_0000L;
  private static final int ADDRESS_PORT = 0xcf8;
  private static final int DATA_PORT = 0xcfc;
  private static final int COMMAND = 4;
  private static final int MEMORY_MASTER_NO_INTX = 0x406;
  private static final int BARS = 0x10;
  private static final int BAR_TYPE = 6;
  private static final int BAR_64 = 4;
  private static final int CAPABILITIES = 0x34;
  private static final int VENDOR_CAPABILITY = 9;

  private static final int COMMON = 1;
  private static final int NOTIFY = 2;
  private static final int CONFIG = 4;
  private static final int WINDOWS_EACH = 8;

  private static final int OFFERED_SELECT = 0x00;
  private static final int OFFERED = 0x04;
  private static final int ACCEPTED_SELECT = 0x08;
  private static final int ACCEPTED = 0x0c;
  private static final int STATUS = 0x14;
  private static final int QUEUE_SELECT = 0x16;
  private static final int QUEUE_SIZE = 0x18;
  private static final int QUEUE_ENABLE = 0x1c;
  private static final int QUEUE_NOTIFY_OFFSET = 0x1e;
  private static final int QUEUE_DESCRIPTORS = 0x20;
  private static final int QUEUE_AVAILABLE = 0x28;
  private static final int QUEUE_USED = 0x30;

  private final int type;
  private final int window;
  private final long variables;

  /**
   * @param type the device's, such as 2 for a disk
   * @param number of the device among those of a guest that drives several, from 0: each has its
   *     windows
   * @param variables 512 bytes of RAM for its own use
   */
  VirtioPciFunction(int type, int number, long variables) {
    this.type = type;
    window = number * WINDOWS_EACH;
    this.variables = variables;
  }

  @Override
  public void find(Assembler a) {
    Label found = a.label();
    a.mov(RBX, ENABLE);
    a.mov(RDI, DEVICES);
    Label again = a.here(a.label());
    loadConfig(a, 0);
    a.cmp(RAX, FIRST_DEVICE + type << 16 | VENDOR);
    a.jump(Condition.EQUAL, found);
    a.add(RBX, DEVICE_STRIDE);
    a.dec(RDI);
    a.jump(Condition.NOT_EQUAL, again);
    VirtioTransport.fail(a, "no virtio-pci device of type " + type);
    a.here(found);
    a.mov(RAX, RBX);
    a.add(RAX, COMMAND);
    a.out(4, ADDRESS_PORT);
    a.out(4, DATA_PORT, MEMORY_MASTER_NO_INTX);
    loadConfig(a, CAPABILITIES);
    a.and(RAX, 0xfc);
    a.mov(RSI, RAX);
    walkCapabilities(a);
  }

  private void walkCapabilities(Assembler a) {
    Label done = a.label();
    Label next = a.label();
    Label again = a.here(a.label());
    a.cmp(RSI, 0);
    a.jump(Condition.EQUAL, done);
    loadCapability(a, 0);
    a.mov(RBP, RAX);
    a.and(RAX, 0xff);
    a.cmp(RAX, VENDOR_CAPABILITY);
    a.jump(Condition.NOT_EQUAL, next);
    a.mov(R8, RBP);
    a.shr(R8, 24);
    a.cmp(R8, CONFIG + 1);
    a.jump(Condition.ABOVE_OR_EQUAL, next);
    map(a);
    a.here(next);
    a.mov(RSI, RBP);
    a.shr(RSI, 8);
    a.and(RSI, 0xfc);
    a.jmp(again);
    a.here(done);
  }

  /** Maps what the capability at RSI, of the type in R8, tells of. */
  private void map(Assembler a) {
    loadCapability(a, 4);
    a.and(RAX, 0xff);
    a.shl(RAX, 2);
    a.mov(RDI, RAX);
    loadBar(a, BARS);
    a.mov(R9, RAX);
    Label low = a.label();
    a.and(RAX, BAR_TYPE);
    a.cmp(RAX, BAR_64);
    a.jump(Condition.NOT_EQUAL, low);
    loadBar(a, BARS + 4);
    a.shl(RAX, 32);
    a.add(R9, RAX);
    a.here(low);
    Label assigned = a.label();
    a.and(R9, ~0xf);
    a.jump(Condition.NOT_EQUAL, assigned);
    VirtioTransport.fail(a, "a BAR without an address");
    a.here(assigned);
    loadCapability(a, 8);
    a.add(R9, RAX);
    a.mov(RCX, R8);
    a.add(RCX, window);
    MicroGuest.window(a, RCX, R9);
    a.mov(RCX, R8);
    a.shl(RCX, 3);
    a.store(8, Mem.at(RCX, (int) variables), R9);
    Label other = a.label();
    a.cmp(R8, NOTIFY);
    a.jump(Condition.NOT_EQUAL, other);
    loadCapability(a, 16);
    a.store(8, multiplier(), RAX);
    a.here(other);
  }

  @Override
  public void loadStatus(Assembler a) {
    pointTo(a, COMMON);
    a.loadZero(1, RAX, Mem.at(RBX, STATUS));
  }

  @Override
  public void storeStatus(Assembler a, int status) {
    pointTo(a, COMMON);
    a.store(1, Mem.at(RBX, STATUS), status);
  }

  @Override
  public void loadFeatures(Assembler a, int word) {
    pointTo(a, COMMON);
    a.store(4, Mem.at(RBX, OFFERED_SELECT), word);
    a.load(4, RAX, Mem.at(RBX, OFFERED));
  }

  @Override
  public void storeFeatures(Assembler a, int word) {
    pointTo(a, COMMON);
    a.store(4, Mem.at(RBX, ACCEPTED_SELECT), word);
    a.store(4, Mem.at(RBX, ACCEPTED), RAX);
  }

  @Override
  public void enable(Assembler a, VirtioQueue queue) {
    pointTo(a, COMMON);
    a.store(2, Mem.at(RBX, QUEUE_SELECT), queue.index());
    a.store(2, Mem.at(RBX, QUEUE_SIZE), queue.size());
    storeAddress(a, QUEUE_DESCRIPTORS, queue.descriptors());
    storeAddress(a, QUEUE_AVAILABLE, queue.available());
    storeAddress(a, QUEUE_USED, queue.used());
    a.loadZero(2, RCX, Mem.at(RBX, QUEUE_NOTIFY_OFFSET));
    a.store(2, Mem.at(RBX, QUEUE_ENABLE), 1);
    // The offset's unit is a power of two in every monitor; adding it so often needs no such luck.
    pointTo(a, NOTIFY);
    Label done = a.label();
    Label again = a.here(a.label());
    a.cmp(RCX, 0);
    a.jump(Condition.EQUAL, done);
    a.load(8, RAX, multiplier());
    a.add(RBX, RAX);
    a.dec(RCX);
    a.jmp(again);
    a.here(done);
    a.store(8, doorbell(queue), RBX);
  }

  @Override
  public void kick(Assembler a, VirtioQueue queue) {
    a.load(8, RBX, doorbell(queue));
    a.store(2, Mem.at(RBX), queue.index());
  }

  @Override
  public void config(Assembler a) {
    pointTo(a, CONFIG);
  }

  private void pointTo(Assembler a, int structure) {
    a.load(8, RBX, Mem.at(variables + 8L * structure));
  }

  private Mem multiplier() {
    return Mem.at(variables + 0x38);
  }

  private Mem doorbell(VirtioQueue queue) {
    return Mem.at(variables + 0x40 + 8L * queue.index());
  }

  private static void storeAddress(Assembler a, int register, long gpa) {
    a.store(4, Mem.at(RBX, register), (int) gpa);
    a.store(4, Mem.at(RBX, register + 4), (int) (gpa >>> 32));
  }

  private static void loadConfig(Assembler a, int register) {
    a.mov(RAX, RBX);
    select(a, register);
  }

  private static void loadCapability(Assembler a, int offset) {
    a.mov(RAX, RBX);
    a.add(RAX, RSI);
    select(a, offset);
  }

  private static void loadBar(Assembler a, int offset) {
    a.mov(RAX, RBX);
    a.add(RAX, RDI);
    select(a, offset);
  }

  private static void select(Assembler a, int offset) {
    a.add(RAX, offset);
    a.out(4, ADDRESS_PORT);
    a.in(4, DATA_PORT);
  }
}
