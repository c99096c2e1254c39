package dev.javisor.internal.pci;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.bus.BusDevice;
import dev.javisor.internal.bus.Device;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bus 0: the host bridge 8086:0d57 at 00:00.0, and up to 31 devices of one function each, in the
 * order in which they were added.
 *
 * <p>The guest reaches configuration space in memory ({@link #ecam}) and by ports ({@link
 * #configPorts}), and BARs through the windows. Functions that are not there read as all ones.
 *
 * <p>Source: PCI 3.0 §3.2.2.3, PCI Express 4.0 §7.2.2 (ECAM). The bridge's ids are Cloud
 * Hypervisor's.
 *
 * <p>Not modelled: further buses and segments, functions 1 to 7 of a device.
 *
 * <p>Threading: reads from any vCPU thread, with neither lock nor allocation, as a boot consists of
 * little else. Writes are one at a time for the whole bus. The life of a {@link Device}: as there.
 */
public final class PciBus implements Device<PciBusState> {
  /** How many devices can be added. */
  public static final int MAX_DEVICES = 31;

  private static final int SLOTS = 32;
  private static final PciIdentity BRIDGE = new PciIdentity(0x8086, 0x0d57, 0, 0x06_0000, 0, 0);

  private final AddressRange window32;
  private final AddressRange window64;
  private final BarSpace space32;
  private final BarSpace space64;
  private final BarMap bars;
  private final ConfigPorts ports = new ConfigPorts(this);
  private final PciFunction bridge;
  private final List<PciFunction> functions = new ArrayList<>();
  private volatile @Nullable PciFunction[] slots = new @Nullable PciFunction[SLOTS];

  /**
   * @param window32 where BARs of 32 bits go
   * @param window64 where BARs of 64 bits go
   */
  public PciBus(AddressRange window32, AddressRange window64) {
    this.window32 = window32;
    this.window64 = window64;
    space32 = new BarSpace(window32);
    space64 = new BarSpace(window64);
    bars = new BarMap(List.of(window32, window64));
    bridge = PciFunction.builder("pci0", BRIDGE).build();
    add(bridge);
  }

  /**
   * Puts a function into the next slot, and its BARs to where the guest finds them at its first
   * instruction; they answer there at once, as behind a PC's firmware.
   *
   * @return the number of the slot, 1 to 31
   * @throws IllegalStateException if all slots are taken, or a window is full
   */
  public synchronized int add(PciFunction function) {
    int slot = functions.size();
    if (slot == SLOTS) {
      throw new IllegalStateException(
          "%s: the PCI bus has room for %d devices".formatted(function.id(), MAX_DEVICES));
    }
    for (Bar bar : function.bars()) {
      String what = "%s BAR %d".formatted(function.id(), bar.index());
      function.place(bar, (bar.wide() ? space64 : space32).take(what, bar.size()));
    }
    functions.add(function);
    @Nullable PciFunction[] next = slots.clone();
    next[slot] = function;
    slots = next;
    function.onDecoding(this::updateBars);
    updateBars();
    return slot;
  }

  /** Configuration space in memory: 1 MiB, 4 KiB a function. */
  public BusDevice ecam() {
    return new BusDevice() {
      @Override
      public long read(long offset, int size) {
        return readConfig((int) (offset >>> 12), (int) offset & 0xfff, size);
      }

      @Override
      public void write(long offset, int size, long value) {
        writeConfig((int) (offset >>> 12), (int) offset & 0xfff, size, value);
      }
    };
  }

  /** Configuration space by ports: 8 of them, from 0xCF8 on. */
  public BusDevice configPorts() {
    return ports;
  }

  /** What answers in the 32-bit window. */
  public BusDevice memory32() {
    return bars.window(window32);
  }

  /** What answers in the 64-bit window. */
  public BusDevice memory64() {
    return bars.window(window64);
  }

  @Override
  public String id() {
    return bridge.id();
  }

  @Override
  public synchronized void reset() {
    ports.address(0);
    bridge.reset();
  }

  @Override
  public synchronized PciBusState save() {
    return new PciBusState(PciBusState.VERSION, ports.address(), bridge.save());
  }

  @Override
  public synchronized void restore(PciBusState state) {
    PciCheck.version(id(), state.version(), PciBusState.VERSION);
    bridge.restore(state.bridge());
    ports.address(state.address());
  }

  /**
   * @param bdf bus, device and function as the guest's addresses have them: 16 bits
   */
  long readConfig(int bdf, int offset, int size) {
    PciFunction function = at(bdf);
    return function == null ? -1 : function.readConfig(offset, size);
  }

  void writeConfig(int bdf, int offset, int size, long value) {
    PciFunction function = at(bdf);
    if (function != null) {
      synchronized (this) {
        function.writeConfig(offset, size, value);
      }
    }
  }

  private @Nullable PciFunction at(int bdf) {
    boolean firstFunctionOfBus0 = (bdf & 0xff07) == 0;
    return firstFunctionOfBus0 ? slots[bdf >>> 3] : null;
  }

  private synchronized void updateBars() {
    bars.update(functions);
  }
}
