package dev.javisor.testing.microguest;

import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static dev.javisor.testing.microguest.Reg.RCX;
import static dev.javisor.testing.microguest.Reg.RDX;
import static dev.javisor.testing.microguest.Reg.RSI;

/**
 * A split virtqueue that a micro-guest polls: it asks for no interrupts, and kicks only where the
 * device wants it. Its methods write code into the guest; they take RAX, RCX, RDX, RBX and RSI.
 *
 * <p>Source: virtio 1.3 §2.7.
 */
public final class VirtioQueue {
  /** The flag of a descriptor that another follows. */
  public static final int NEXT = 1;

  /** The flag of a descriptor into which the device writes. */
  public static final int WRITE = 2;

  /** What a queue takes up in RAM, in bytes. */
  static final int BYTES = 0x4000;

  private static final int EVENT_INDEX = 1 << 29;
  private static final int AVAILABLE = 0x1000;
  private static final int USED = 0x2000;
  private static final int VARIABLES = 0x3000;
  private static final int MOST = 0x100;

  private final VirtioTransport transport;
  private final Mem features;
  private final int index;
  private final int size;
  private final long memory;

  /**
   * @param features where the accepted features are, the low 32 bits
   * @param memory the gpa of {@link #BYTES} of zeros
   */
  VirtioQueue(VirtioTransport transport, Mem features, int index, int size, long memory) {
    if (size > MOST || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException("a queue of " + size);
    }
    this.transport = transport;
    this.features = features;
    this.index = index;
    this.size = size;
    this.memory = memory;
  }

  /** Fills in a descriptor. */
  public void describe(Assembler a, int descriptor, long gpa, int bytes, int flags, int next) {
    long at = descriptors() + 16L * descriptor;
    a.mov(RAX, gpa);
    a.store(8, Mem.at(at), RAX);
    a.store(4, Mem.at(at + 8), bytes);
    a.store(2, Mem.at(at + 12), flags);
    a.store(2, Mem.at(at + 14), next);
  }

  /**
   * Puts the chain whose first descriptor's number is in RBX into the ring; the device is told by
   * {@link #publish}.
   */
  public void offer(Assembler a) {
    a.loadZero(2, RAX, nextAvailable());
    a.mov(RCX, RAX);
    a.and(RCX, size - 1);
    a.shl(RCX, 1);
    a.store(2, Mem.at(RCX, (int) available() + 4), RBX);
    a.inc(RAX);
    a.store(2, nextAvailable(), RAX);
  }

  /** Makes what was offered available, and kicks the device if it wants to be. */
  public void publish(Assembler a) {
    Label flags = a.label();
    Label kick = a.label();
    Label done = a.label();
    a.loadZero(2, RAX, nextAvailable());
    a.loadZero(2, RSI, Mem.at(available() + 2));
    suppressInterrupts(a);
    a.store(2, Mem.at(available() + 2), RAX);
    a.mfence();
    a.load(4, RCX, features);
    a.and(RCX, EVENT_INDEX);
    a.jump(Condition.EQUAL, flags);
    a.loadZero(2, RCX, Mem.at(used() + 4 + 8L * size));
    a.mov(RDX, RAX);
    a.sub(RDX, RCX);
    a.dec(RDX);
    a.and(RDX, 0xffff);
    a.sub(RAX, RSI);
    a.and(RAX, 0xffff);
    a.cmp(RDX, RAX);
    a.jump(Condition.BELOW, kick);
    a.jmp(done);
    a.here(flags);
    a.loadZero(2, RCX, Mem.at(used()));
    a.and(RCX, 1);
    a.jump(Condition.NOT_EQUAL, done);
    a.here(kick);
    transport.kick(a, this);
    a.here(done);
  }

  /** Half a turn of the index ahead, where the device never arrives. */
  private void suppressInterrupts(Assembler a) {
    a.mov(RCX, RAX);
    a.add(RCX, 0x7fff);
    a.store(2, Mem.at(available() + 4 + 2L * size), RCX);
  }

  /**
   * Takes a chain that the device has used: RBX gets the number of its first descriptor, RSI the
   * bytes that were written.
   *
   * @param none where to go if there is none
   */
  public void take(Assembler a, Label none) {
    a.loadZero(2, RAX, lastUsed());
    a.loadZero(2, RCX, Mem.at(used() + 2));
    a.cmp(RAX, RCX);
    a.jump(Condition.EQUAL, none);
    a.mov(RCX, RAX);
    a.and(RCX, size - 1);
    a.shl(RCX, 3);
    a.load(4, RBX, Mem.at(RCX, (int) used() + 4));
    a.load(4, RSI, Mem.at(RCX, (int) used() + 8));
    a.inc(RAX);
    a.store(2, lastUsed(), RAX);
  }

  /** Waits for a chain that the device has used, and takes it as {@link #take} does. */
  public void await(Assembler a) {
    Label again = a.here(a.label());
    Label none = a.label();
    Label taken = a.label();
    take(a, none);
    a.jmp(taken);
    a.here(none);
    a.pause();
    a.jmp(again);
    a.here(taken);
  }

  /** Makes the queue empty and new, as the device's reset does. */
  void clear(Assembler a) {
    a.store(4, Mem.at(available()), 1);
    a.store(2, nextAvailable(), 0);
    a.store(2, lastUsed(), 0);
    a.store(4, Mem.at(used()), 0);
  }

  int index() {
    return index;
  }

  int size() {
    return size;
  }

  long descriptors() {
    return memory;
  }

  long available() {
    return memory + AVAILABLE;
  }

  long used() {
    return memory + USED;
  }

  private Mem nextAvailable() {
    return Mem.at(memory + VARIABLES);
  }

  private Mem lastUsed() {
    return Mem.at(memory + VARIABLES + 0x40);
  }
}
