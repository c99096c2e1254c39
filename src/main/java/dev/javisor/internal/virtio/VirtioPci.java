package dev.javisor.internal.virtio;

import dev.javisor.internal.bus.BusDevice;
import dev.javisor.internal.bus.DeviceCounters;
import dev.javisor.internal.bus.DeviceListener;
import dev.javisor.internal.bus.DeviceState;
import dev.javisor.internal.bus.MsiLines;
import dev.javisor.internal.bus.QueueWorkers;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.pci.Bar;
import dev.javisor.internal.pci.BarListener;
import dev.javisor.internal.pci.PciCapability;
import dev.javisor.internal.pci.PciDevice;
import dev.javisor.internal.pci.PciFunction;
import org.jspecify.annotations.Nullable;

/**
 * A virtio device on the PCI bus: virtio 1.3 §4.1. BAR 0 holds everything; each worker has a
 * doorbell there, which moves with the BAR and which the driver rings without an exit once one of
 * the worker's queues is in use.
 *
 * <p>Not modelled: the legacy and the transitional interface, INTx (ISR status is kept all the
 * same, for drivers that look at it), shared memory regions, VIRTIO_F_NOTIFICATION_DATA. Bus Master
 * Enable does not hold the device back: firmware forgets it.
 *
 * <p>Threading: registers from any vCPU thread; the life of a device as {@link
 * dev.javisor.internal.bus.Device} has it.
 *
 * @param <S> the state record of the device's type
 */
final class VirtioPci<S extends DeviceState> implements PciDevice<VirtioPciState<S>> {
  private final VirtioDevice<S> device;
  private final PciFunction function;
  private final PciCapability window;
  private final VirtioInterrupts interrupts;
  private final DeviceCore<S> core;

  VirtioPci(
      VirtioDevice<S> device,
      GuestMemory memory,
      QueueWorkers workers,
      MsiLines interruptLines,
      long resetWaitNanos) {
    if (device.queueCount() < 1 || device.queueCount() > PciLayout.MAX_QUEUES) {
      throw new IllegalArgumentException(
          "%s: %d queues".formatted(device.id(), device.queueCount()));
    }
    this.device = device;
    window = PciLayout.window(access(this::readWindow, this::writeWindow));
    function = describe(interruptLines);
    try {
      interrupts = new VirtioInterrupts(function.msix());
      core = new DeviceCore<>(device, memory, workers, interrupts, resetWaitNanos);
    } catch (RuntimeException e) {
      function.close();
      throw e;
    }
  }

  private PciFunction describe(MsiLines interruptLines) {
    BusDevice registers = access(this::read, this::write);
    Bar bar =
        PciLayout.above4Gib(device.type())
            ? Bar.memory64(PciLayout.BAR, PciLayout.BAR_SIZE, registers)
            : Bar.memory32(PciLayout.BAR, PciLayout.BAR_SIZE, registers);
    PciFunction.Builder builder =
        PciFunction.builder(device.id(), PciLayout.identity(device.type()))
            .bar(bar)
            .msix(PciLayout.msix(device.queueCount()), interruptLines)
            .listener(new Doorbells())
            .capability(PciLayout.common())
            .capability(PciLayout.isr());
    if (device.configSize() > 0) {
      builder.capability(PciLayout.device(device.configSize()));
    }
    return builder.capability(PciLayout.notifications()).capability(window).build();
  }

  /** Moves the doorbells with the BAR. */
  private final class Doorbells implements BarListener {
    @Override
    public void mapped(int bar, long gpa) {
      for (int i = 0; i < core.doorbells(); i++) {
        core.doorbell(i).place(gpa + PciLayout.NOTIFY + (long) i * PciLayout.NOTIFY_STRIDE);
      }
    }

    @Override
    public void unmapped(int bar) {
      for (int i = 0; i < core.doorbells(); i++) {
        core.doorbell(i).remove();
      }
    }
  }

  private long read(long offset, int size) {
    int at = (int) offset;
    if (at < PciLayout.COMMON + CommonConfig.SIZE) {
      return core.readCommon(at - PciLayout.COMMON, size);
    }
    if (at == PciLayout.ISR) {
      return interrupts.readIsr();
    }
    if (at >= PciLayout.DEVICE && at < PciLayout.DEVICE + PciLayout.DEVICE_SIZE) {
      return core.readDevice(at - PciLayout.DEVICE, size);
    }
    return 0;
  }

  private void write(long offset, int size, long value) {
    int at = (int) offset;
    if (at < PciLayout.COMMON + CommonConfig.SIZE) {
      core.writeCommon(at - PciLayout.COMMON, size, value);
    } else if (at >= PciLayout.DEVICE && at < PciLayout.DEVICE + PciLayout.DEVICE_SIZE) {
      core.writeDevice(at - PciLayout.DEVICE, size, value);
    } else if (at >= PciLayout.NOTIFY && at < PciLayout.NOTIFY + PciLayout.NOTIFY_SIZE) {
      int doorbell = (at - PciLayout.NOTIFY) / PciLayout.NOTIFY_STRIDE;
      if (doorbell < core.doorbells()) {
        core.wake(doorbell);
      }
    }
  }

  private long readWindow(long offset, int size) {
    int length = windowLength();
    if (length == 0) {
      return 0;
    }
    return read(windowField(PciLayout.CAP_OFFSET, 4), length) >>> 8 * offset;
  }

  private void writeWindow(long offset, int size, long value) {
    int length = windowLength();
    if (length == size && offset == 0) {
      write(windowField(PciLayout.CAP_OFFSET, 4), length, value);
    }
  }

  /** The width of the access that the window stands for; 0 if it stands for none. */
  private int windowLength() {
    long length = windowField(PciLayout.CAP_LENGTH, 4);
    long offset = windowField(PciLayout.CAP_OFFSET, 4);
    boolean width = length == 1 || length == 2 || length == 4;
    return width
            && windowField(PciLayout.CAP_BAR, 1) == PciLayout.BAR
            && offset % length == 0
            && offset <= PciLayout.MSIX_TABLE - length
        ? (int) length
        : 0;
  }

  private long windowField(int offset, int size) {
    return function.readConfig(function.offsetOf(window) + offset, size);
  }

  @Override
  public PciFunction function() {
    return function;
  }

  @Override
  public void listen(DeviceListener listener) {
    core.listen(listener);
  }

  @Override
  public @Nullable DeviceCounters counters() {
    return device.counters();
  }

  @Override
  public void keepWrites() {
    device.keepWrites();
  }

  @Override
  public String id() {
    return device.id();
  }

  @Override
  public void reset() {
    core.powerOn();
    function.reset();
  }

  @Override
  public void quiesce() {
    core.quiesce();
  }

  @Override
  public void resume() {
    core.resume();
  }

  @Override
  public VirtioPciState<S> save() {
    return new VirtioPciState<>(
        VirtioPciState.VERSION, function.save(), core.save(), device.save());
  }

  @Override
  public void restore(VirtioPciState<S> state) {
    if (state.version() != VirtioPciState.VERSION) {
      throw new IllegalArgumentException(
          "%s: version %d, known is %d".formatted(id(), state.version(), VirtioPciState.VERSION));
    }
    Class<?> expected = device.save().getClass();
    if (state.device().getClass() != expected) {
      throw new IllegalArgumentException(
          "%s: a %s, expected a %s"
              .formatted(
                  id(), state.device().getClass().getSimpleName(), expected.getSimpleName()));
    }
    function.restore(state.function());
    core.restore(state.common(), state.device());
  }

  @Override
  public void close() {
    core.close();
    function.close();
  }

  private interface Read {
    long read(long offset, int size);
  }

  private interface Write {
    void write(long offset, int size, long value);
  }

  private static BusDevice access(Read read, Write write) {
    return new BusDevice() {
      @Override
      public long read(long offset, int size) {
        return read.read(offset, size);
      }

      @Override
      public void write(long offset, int size, long value) {
        write.write(offset, size, value);
      }
    };
  }
}
