package dev.javisor.testing.microguest;

import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;

import java.util.ArrayList;
import java.util.List;

/**
 * Drives a virtio device from a micro-guest, without interrupts:
 *
 * <pre>{@code
 * VirtioDriver rng = VirtioDriver.pci(VirtioDriver.ENTROPY, 0, MicroGuest.DATA);
 * VirtioQueue queue = rng.queue(8);
 * MicroGuest.code(a -> {
 *   rng.start(a);
 *   queue.describe(a, 0, buffer, 64, VirtioQueue.WRITE, 0);
 *   a.mov(Reg.RBX, 0);
 *   queue.offer(a);
 *   queue.publish(a);
 *   queue.await(a); // RSI is the number of bytes now
 * });
 * }</pre>
 *
 * <p>Its methods, and those of its queues, write code at the place where they are called. That code
 * takes RAX, RCX, RDX, RBX, RSI, RDI, RBP, R8 and R9. What fails prints a line that starts with
 * {@code failed:} and switches off. {@link BlkDriver} is the one for disks.
 *
 * <p>Source: virtio 1.3 §3.1.1.
 */
public final class VirtioDriver {
  /** The device type of networks. */
  public static final int NETWORK = 1;

  /** The device type of disks. */
  public static final int BLOCK = 2;

  /** The device type of consoles. */
  public static final int CONSOLE = 3;

  /** The device type of random number generators. */
  public static final int ENTROPY = 4;

  private static final int EVENT_INDEX = 1 << 29;
  private static final int VERSION_1 = 1;
  private static final int ACKNOWLEDGE = 1;
  private static final int DRIVER = 2;
  private static final int DRIVER_OK = 4;
  private static final int FEATURES_OK = 8;
  private static final int FEATURES = 0x800;
  private static final int QUEUES = 0x1000;

  private final VirtioTransport transport;
  private final long memory;
  private final List<VirtioQueue> queues = new ArrayList<>();
  private int wanted = EVENT_INDEX;

  private VirtioDriver(VirtioTransport transport, long memory) {
    this.transport = transport;
    this.memory = memory;
  }

  /**
   * Drives the first device of a type on PCI bus 0.
   *
   * @param number tells several drivers in one guest apart: 0, 1, 2 and so on
   * @param memory the gpa of RAM for its own use, zeros, below 2 GiB: see {@link #bytes}
   */
  public static VirtioDriver pci(int type, int number, long memory) {
    return new VirtioDriver(new VirtioPciFunction(type, number, memory), memory);
  }

  /** Drives the first device of a type among Firecracker's virtio-mmio devices. */
  public static VirtioDriver mmio(int type, long memory) {
    return new VirtioDriver(new VirtioMmio(type, memory), memory);
  }

  /** Accepts these of features 0 to 31 too, if the device offers them. */
  public VirtioDriver features(int bits) {
    wanted |= bits;
    return this;
  }

  /**
   * The next of the device's queues; to be asked for before {@link #start}.
   *
   * @param size up to 256, a power of two
   */
  public VirtioQueue queue(int size) {
    VirtioQueue queue =
        new VirtioQueue(
            transport, Mem.at(memory + FEATURES), queues.size(), size, memory + bytes());
    queues.add(queue);
    return queue;
  }

  /** What it takes up in RAM with the queues that it has so far, in bytes. */
  public long bytes() {
    return QUEUES + (long) queues.size() * VirtioQueue.BYTES;
  }

  /** Finds the device, resets it, and brings it to life. */
  public void start(Assembler a) {
    transport.find(a);
    transport.storeStatus(a, 0);
    Label reset = a.here(a.label());
    transport.loadStatus(a);
    a.cmp(RAX, 0);
    a.jump(Condition.NOT_EQUAL, reset);
    transport.storeStatus(a, ACKNOWLEDGE);
    transport.storeStatus(a, ACKNOWLEDGE | DRIVER);
    transport.loadFeatures(a, 0);
    a.and(RAX, wanted);
    a.store(4, Mem.at(memory + FEATURES), RAX);
    transport.storeFeatures(a, 0);
    a.mov(RAX, VERSION_1);
    transport.storeFeatures(a, 1);
    transport.storeStatus(a, ACKNOWLEDGE | DRIVER | FEATURES_OK);
    transport.loadStatus(a);
    a.and(RAX, FEATURES_OK);
    Label accepted = a.label();
    a.jump(Condition.NOT_EQUAL, accepted);
    VirtioTransport.fail(a, "the device takes no features");
    a.here(accepted);
    for (VirtioQueue queue : queues) {
      queue.clear(a);
      transport.enable(a, queue);
    }
    transport.storeStatus(a, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
  }

  /** Reads 4 bytes of the device's own configuration into RAX. */
  public void loadConfig(Assembler a, int offset) {
    transport.config(a);
    a.load(4, RAX, Mem.at(RBX, offset));
  }
}
