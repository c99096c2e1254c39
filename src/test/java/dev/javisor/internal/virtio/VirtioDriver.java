package dev.javisor.internal.virtio;

import dev.javisor.internal.bus.DeviceState;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.pci.FakeMsiLines;
import dev.javisor.internal.pci.PciDevice;
import dev.javisor.internal.pci.PciDriver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A driver of one virtio device on the PCI bus, with RAM and interrupts of its own; it finds its
 * way by capabilities only, as virtio 1.3 §3.1 and §4.1 tell drivers. The device's workers are
 * {@link ManualWorkers} unless told otherwise.
 *
 * @param <S> the device's state record
 */
public final class VirtioDriver<S extends DeviceState> implements AutoCloseable {
  /** Status bits: virtio 1.3 §2.1. */
  public static final int ACKNOWLEDGE = 1;

  public static final int DRIVER = 2;
  public static final int DRIVER_OK = 4;
  public static final int FEATURES_OK = 8;
  public static final int NEEDS_RESET = 64;
  public static final int FAILED = 128;

  /** MSI-X vector that stands for none. */
  public static final int NO_VECTOR = 0xffff;

  private static final int SLOT = 1;
  private static final int VENDOR_SPECIFIC = 9;
  private static final int MSIX = 0x11;
  private static final long RAM = 64L << 20;
  private static final long RINGS = 1 << 20;
  private static final long RINGS_EACH = 4 << 20;
  private static final long MESSAGE_ADDRESS = 0xfee0_0000L;

  private final GuestMemory memory;
  private final boolean ownMemory;
  private final PciDriver pci = new PciDriver();
  private final FakeMsiLines lines = new FakeMsiLines();
  private final TestWorkers workers;
  private final PciDevice<VirtioPciState<S>> device;
  private final Map<Integer, DriverQueue> queues = new HashMap<>();

  /** Drives a device whose workers run when the test says so. */
  public VirtioDriver(VirtioDevice<S> device) {
    this(device, new ManualWorkers());
  }

  /** Drives a device with these workers. */
  public VirtioDriver(VirtioDevice<S> device, TestWorkers workers) {
    this(
        device,
        workers,
        GuestRam.map(new RamSpec(RAM, false, false, false, false), PciDriver.WINDOW_32),
        true);
  }

  /**
   * Drives a device of a machine that takes over from another one, with its RAM; whoever made that
   * closes it.
   */
  public VirtioDriver(VirtioDevice<S> device, TestWorkers workers, GuestMemory memory) {
    this(device, workers, memory, false);
  }

  private VirtioDriver(
      VirtioDevice<S> device, TestWorkers workers, GuestMemory memory, boolean ownMemory) {
    this.memory = memory;
    this.ownMemory = ownMemory;
    this.workers = workers;
    // Manual workers do nothing while a vCPU's thread waits for them.
    long wait = workers instanceof ManualWorkers ? 0 : DeviceCore.RESET_WAIT_NANOS;
    this.device = new VirtioPci<>(device, memory, workers, lines, wait);
    pci.bus().add(this.device.function());
    pci.decode(SLOT, true);
  }

  /** The guest's RAM: 64 MiB; the first one is the test's own. */
  public GuestMemory memory() {
    return memory;
  }

  /** The way to configuration space and BARs; the device is in slot 1. */
  public PciDriver pci() {
    return pci;
  }

  /** The device, as the machine sees it. */
  public PciDevice<VirtioPciState<S>> device() {
    return device;
  }

  /** The workers, to run what was woken. */
  public TestWorkers workers() {
    return workers;
  }

  /** Reads of the structure with this type: common 1, notify 2, ISR 3, device 4. */
  public long read(int structure, int offset, int size) {
    return pci.load(address(structure) + offset, size);
  }

  /** Writes into the structure with this type. */
  public void write(int structure, int offset, int size, long value) {
    pci.store(address(structure) + offset, size, value);
  }

  /** The gpa of a structure. */
  public long address(int structure) {
    int at = capability(structure);
    int bar = (int) pci.read(SLOT, at + 4, 1);
    return bar(bar) + pci.read(SLOT, at + 8, 4);
  }

  /** Where the capability of a structure is in configuration space. */
  public int capability(int structure) {
    for (int at : pci.capabilities(SLOT, VENDOR_SPECIFIC)) {
      if (pci.read(SLOT, at + 3, 1) == structure) {
        return at;
      }
    }
    throw new AssertionError("no capability of type " + structure);
  }

  /** Where a BAR is. */
  public long bar(int index) {
    long low = pci.read(SLOT, 0x10 + 4 * index, 4);
    return (low & 4) != 0 ? pci.bar64(SLOT, index) : low & -16;
  }

  /** The device status. */
  public int status() {
    return (int) read(1, 0x14, 1);
  }

  /** Writes the device status. */
  public void status(int value) {
    write(1, 0x14, 1, value);
  }

  /** What the device offers. */
  public long features() {
    write(1, 0x00, 4, 0);
    long low = read(1, 0x04, 4);
    write(1, 0x00, 4, 1);
    return low | read(1, 0x04, 4) << 32;
  }

  /** Resets, negotiates, and returns the status. */
  public int negotiate(long features) {
    reset();
    status(ACKNOWLEDGE);
    status(ACKNOWLEDGE | DRIVER);
    write(1, 0x08, 4, 0);
    write(1, 0x0c, 4, features & 0xffff_ffffL);
    write(1, 0x08, 4, 1);
    write(1, 0x0c, 4, features >>> 32);
    status(ACKNOWLEDGE | DRIVER | FEATURES_OK);
    return status();
  }

  /** Resets the device and waits until it says so. */
  public void reset() {
    status(0);
    for (long end = System.nanoTime() + 60_000_000_000L; status() != 0; ) {
      workers.run();
      if (System.nanoTime() > end) {
        throw new AssertionError("not reset within a minute");
      }
    }
  }

  /** Turns MSI-X on: each vector sends its own number. */
  public void enableInterrupts() {
    int at = pci.capabilities(SLOT, MSIX).get(0);
    int control = (int) pci.read(SLOT, at + 2, 2);
    long place = pci.read(SLOT, at + 4, 4);
    long table = bar((int) place & 7) + (place & -8);
    for (int i = 0; i <= (control & 0x7ff); i++) {
      pci.store(table + 16L * i, 4, MESSAGE_ADDRESS);
      pci.store(table + 16L * i + 4, 4, 0);
      pci.store(table + 16L * i + 8, 4, i);
      pci.store(table + 16L * i + 12, 4, 0);
    }
    pci.write(SLOT, at + 2, 2, 0x8000);
  }

  /** The vectors that were raised since the last call. */
  public List<Integer> interrupts() {
    List<Integer> vectors = new ArrayList<>();
    for (String message : lines.sent()) {
      vectors.add(Integer.parseInt(message.substring(message.indexOf(':') + 1), 16));
    }
    return vectors;
  }

  /** Sets a queue up with its own vector, which is its number plus one, and enables it. */
  public DriverQueue enableQueue(int index, int size) {
    DriverQueue queue = new DriverQueue(memory, RINGS + RINGS_EACH * index, size);
    queues.put(index, queue);
    write(1, 0x16, 2, index);
    write(1, 0x18, 2, size);
    write(1, 0x1a, 2, index + 1);
    area(0x20, queue.config().descriptorArea());
    area(0x28, queue.config().driverArea());
    area(0x30, queue.config().deviceArea());
    write(1, 0x1c, 2, 1);
    return queue;
  }

  private void area(int offset, long gpa) {
    write(1, offset, 4, gpa & 0xffff_ffffL);
    write(1, offset + 4, 4, gpa >>> 32);
  }

  /**
   * Does everything from reset to DRIVER_OK: interrupts on, these features and VERSION_1, queues of
   * these sizes from 0 on; 0 leaves one out.
   */
  public VirtioDriver<S> start(long features, int... queueSizes) {
    int accepted = negotiate(features | VirtioFeatures.VERSION_1);
    if ((accepted & FEATURES_OK) == 0) {
      throw new AssertionError("features refused");
    }
    enableInterrupts();
    write(1, 0x10, 2, 0);
    for (int i = 0; i < queueSizes.length; i++) {
      if (queueSizes[i] > 0) {
        enableQueue(i, queueSizes[i]);
      }
    }
    status(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    workers.run();
    return this;
  }

  /** A queue that was enabled. */
  public DriverQueue queue(int index) {
    DriverQueue queue = queues.get(index);
    if (queue == null) {
      throw new AssertionError("queue %d is not enabled".formatted(index));
    }
    return queue;
  }

  /** Rings a queue's doorbell, and runs the workers. */
  public void kick(int index) {
    notifyDevice(index);
    workers.run();
  }

  /** Rings a queue's doorbell. */
  public void notifyDevice(int index) {
    long gpa = doorbell(index);
    if (!workers.ring(gpa, 2)) {
      pci.store(gpa, 2, index);
    }
  }

  /** The gpa of a queue's doorbell. */
  public long doorbell(int index) {
    write(1, 0x16, 2, index);
    long offset = read(1, 0x1e, 2);
    long multiplier = pci.read(SLOT, capability(2) + 16, 4);
    return address(2) + offset * multiplier;
  }

  /** Stops the device between two requests and returns its state, as a snapshot does. */
  public VirtioPciState<S> pauseAndSave() {
    device.quiesce();
    return device.save();
  }

  @Override
  public void close() {
    device.close();
    if (ownMemory) {
      memory.close();
    }
  }
}
