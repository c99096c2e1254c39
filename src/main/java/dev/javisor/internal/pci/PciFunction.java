package dev.javisor.internal.pci;

import dev.javisor.internal.bus.BusDevice;
import dev.javisor.internal.bus.MsiLines;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the guest sees of a device on the PCI bus: configuration space with a type 0 header, BARs,
 * MSI-X.
 *
 * <p>Source: PCI 3.0 §6.1, §6.2.
 *
 * <p>Not modelled: I/O BARs, expansion ROM, INTx, power management, error reporting. The bits of
 * the command register that would govern parity and SERR# can be written and do nothing.
 *
 * <p>Threading: {@link #readConfig} and {@link #msix}'s trigger from any thread, without a lock;
 * everything else under the bus's lock ({@link PciBus} sees to it), or while no vCPU runs.
 */
public final class PciFunction implements AutoCloseable {
  static final int COMMAND = 0x04;
  static final int COMMAND_MEMORY = 1 << 1;
  static final int COMMAND_BUS_MASTER = 1 << 2;

  private static final int COMMAND_PARITY = 1 << 6;
  private static final int COMMAND_SERR = 1 << 8;
  private static final int COMMAND_INTX_DISABLE = 1 << 10;
  private static final int STATUS_CAPABILITIES = 1 << 4;
  private static final int FIRST_CAPABILITY = 0x40;
  private static final int BARS = 0x10;
  private static final int BARS_END = 0x28;
  private static final int CONFIG_END = 4096;

  private final String id;
  private final ConfigSpace config = new ConfigSpace();
  private final List<Bar> bars;
  private final IdentityHashMap<PciCapability, Integer> capabilities = new IdentityHashMap<>();
  private final @Nullable Msix msix;
  private final int msixOffset;
  private final BarListener listener;
  private Runnable decodingListener = () -> {};

  private PciFunction(Builder builder) {
    id = builder.id;
    listener = builder.listener;
    MsixLayout layout = builder.msixLayout;
    MsiLines lines = builder.msiLines;
    List<PciCapability> listed = new ArrayList<>(builder.capabilities);
    if (layout != null) {
      listed.add(0, Msix.capability(layout));
    }
    // As a PC's firmware leaves it: rust-hypervisor-firmware uses BARs without turning them on.
    int command = builder.bars.isEmpty() ? 0 : COMMAND_MEMORY | COMMAND_BUS_MASTER;
    writeHeader(builder.identity, command, !listed.isEmpty());
    writeCapabilities(listed);
    builder.bars.forEach(bar -> bar.writeTo(config, 0));
    // From here on nothing fails, which would leave interrupts behind.
    msix = layout == null || lines == null ? null : new Msix(id, layout, lines);
    msixOffset = msix == null ? -1 : FIRST_CAPABILITY;
    bars = builder.bars.stream().map(bar -> overlaid(bar, layout)).toList();
  }

  /**
   * Begins a function.
   *
   * @param id the device's, for names and messages
   */
  public static Builder builder(String id, PciIdentity identity) {
    return new Builder(id, identity);
  }

  /** The device's id. */
  public String id() {
    return id;
  }

  /** The BARs; what they hold includes the structures of MSI-X. */
  public List<Bar> bars() {
    return bars;
  }

  /**
   * The interrupts.
   *
   * @throws IllegalStateException if it was built without
   */
  public Msix msix() {
    if (msix == null) {
      throw new IllegalStateException(id + " has no MSI-X");
    }
    return msix;
  }

  /** Whether the guest lets the device read and write its memory. */
  public boolean busMaster() {
    return (config.word(COMMAND) & COMMAND_BUS_MASTER) != 0;
  }

  /**
   * Where a capability is in configuration space.
   *
   * @throws IllegalArgumentException if it was built without
   */
  public int offsetOf(PciCapability capability) {
    Integer offset = capabilities.get(capability);
    if (offset == null) {
      throw new IllegalArgumentException(id + " has no such capability");
    }
    return offset;
  }

  /**
   * Reads configuration space. What lies behind the first 256 bytes is zero: no extended
   * capabilities.
   *
   * @param offset 0 to 4095
   * @param size 1, 2, 4 or 8
   */
  public long readConfig(int offset, int size) {
    if (offset % 4 + size <= 4) {
      return readWithinWord(offset, size) & 0xffff_ffffL;
    }
    int step = offset % 4 == 0 ? 4 : 1;
    long value = 0;
    for (int done = 0; done < size; done += step) {
      value |= (readWithinWord(offset + done, step) & 0xffff_ffffL) << 8 * done;
    }
    return value;
  }

  /**
   * Writes configuration space, as far as the guest may.
   *
   * @param offset 0 to 4095
   * @param size 1, 2, 4 or 8
   */
  public void writeConfig(int offset, int size, long value) {
    if (offset % 4 + size <= 4) {
      writeWithinWord(offset, size, (int) value);
      return;
    }
    int step = offset % 4 == 0 ? 4 : 1;
    for (int done = 0; done < size; done += step) {
      writeWithinWord(offset + done, step, (int) (value >>> 8 * done));
    }
  }

  /** Returns every register to its value before the guest's first instruction. */
  public void reset() {
    config.reset();
    if (msix != null) {
      msix.reset();
    }
    decodingListener.run();
  }

  /** The state as it is. */
  public PciFunctionState save() {
    return new PciFunctionState(
        PciFunctionState.VERSION,
        config.save(),
        msix == null ? new MsixState(List.of()) : msix.save());
  }

  /**
   * Takes over a state; nothing changes if it is refused.
   *
   * @throws IllegalArgumentException if the version is unknown, or it is another function's
   */
  public void restore(PciFunctionState state) {
    PciCheck.version(id, state.version(), PciFunctionState.VERSION);
    config.check(state.config());
    if (msix == null) {
      PciCheck.that(state.msix().vectors().isEmpty(), id + " has no MSI-X");
    } else {
      msix.restore(state.msix());
    }
    config.restore(state.config());
    updateMsix();
    decodingListener.run();
  }

  /** Gives the interrupts back. */
  @Override
  public void close() {
    if (msix != null) {
      msix.close();
    }
  }

  BarListener listener() {
    return listener;
  }

  /** Sets where a BAR is after a reset, and now. */
  void place(Bar bar, long address) {
    bar.writeTo(config, address);
  }

  /** Runs the task, under the bus's lock, when BARs may have moved. */
  void onDecoding(Runnable task) {
    decodingListener = task;
  }

  /** Whether the guest wants its memory accesses answered. */
  boolean decodes() {
    return (config.word(COMMAND) & COMMAND_MEMORY) != 0;
  }

  /** Where the guest put a BAR, whether or not it is decoded there. */
  long address(Bar bar) {
    return bar.address(config);
  }

  private int readWithinWord(int offset, int size) {
    if (offset < ConfigSpace.SIZE) {
      return config.read(offset, size);
    }
    return offset < CONFIG_END ? 0 : -1;
  }

  private void writeWithinWord(int offset, int size, int value) {
    if (offset >= ConfigSpace.SIZE) {
      return;
    }
    config.write(offset, size, value);
    int word = offset & -4;
    if (word == COMMAND || word >= BARS && word < BARS_END) {
      decodingListener.run();
    } else if (word == msixOffset) {
      updateMsix();
    }
  }

  private void updateMsix() {
    if (msix != null) {
      msix.control(config.word(msixOffset) >>> 16);
    }
  }

  private void writeHeader(PciIdentity identity, int command, boolean hasCapabilities) {
    config.define(0x00, 2, identity.vendor(), 0);
    config.define(0x02, 2, identity.device(), 0);
    config.define(
        COMMAND,
        2,
        command,
        COMMAND_MEMORY | COMMAND_BUS_MASTER | COMMAND_PARITY | COMMAND_SERR | COMMAND_INTX_DISABLE);
    config.define(0x06, 2, hasCapabilities ? STATUS_CAPABILITIES : 0, 0);
    config.define(0x08, 4, identity.classCode() << 8 | identity.revision(), 0);
    // Cache line size and interrupt line: notes of the guest's for itself.
    config.define(0x0c, 1, 0, 0xff);
    config.define(0x3c, 1, 0, 0xff);
    config.define(0x2c, 2, identity.subsystemVendor(), 0);
    config.define(0x2e, 2, identity.subsystem(), 0);
    config.define(0x34, 1, hasCapabilities ? FIRST_CAPABILITY : 0, 0);
  }

  private void writeCapabilities(List<PciCapability> listed) {
    int at = FIRST_CAPABILITY;
    for (int i = 0; i < listed.size(); i++) {
      PciCapability capability = listed.get(i);
      int next = (at + capability.size() + 3) & -4;
      PciCheck.that(next <= ConfigSpace.SIZE, id + " has too many capabilities");
      capability.writeTo(config, at);
      config.define(at + 1, 1, i + 1 < listed.size() ? next : 0, 0);
      capabilities.put(capability, at);
      at = next;
    }
  }

  private Bar overlaid(Bar bar, @Nullable MsixLayout layout) {
    if (msix == null || layout == null || layout.bar() != bar.index()) {
      return bar;
    }
    BusDevice registers = msix.over(bar.registers());
    return new Bar(bar.index(), bar.size(), bar.wide(), bar.prefetchable(), registers);
  }

  /** Makes a function piece by piece. */
  public static final class Builder {
    private static final BarListener DEAF =
        new BarListener() {
          @Override
          public void mapped(int bar, long gpa) {}

          @Override
          public void unmapped(int bar) {}
        };

    private final String id;
    private final PciIdentity identity;
    private final List<Bar> bars = new ArrayList<>();
    private final List<PciCapability> capabilities = new ArrayList<>();
    private BarListener listener = DEAF;
    private @Nullable MsixLayout msixLayout;
    private @Nullable MsiLines msiLines;

    private Builder(String id, PciIdentity identity) {
      this.id = id;
      this.identity = identity;
    }

    /** Adds a BAR; a 64-bit one takes two indices. */
    public Builder bar(Bar bar) {
      int last = bar.index() + (bar.wide() ? 1 : 0);
      for (Bar other : bars) {
        int otherLast = other.index() + (other.wide() ? 1 : 0);
        PciCheck.that(last < other.index() || bar.index() > otherLast, "BAR " + bar.index());
      }
      bars.add(bar);
      return this;
    }

    /** Adds a capability behind those added before. */
    public Builder capability(PciCapability capability) {
      capabilities.add(capability);
      return this;
    }

    /** Gives it MSI-X, in a BAR that is added too. */
    public Builder msix(MsixLayout layout, MsiLines lines) {
      msixLayout = layout;
      msiLines = lines;
      return this;
    }

    /** Sets who hears where the BARs are. */
    public Builder listener(BarListener hears) {
      listener = hears;
      return this;
    }

    /**
     * Makes the function, and takes its interrupts from the machine.
     *
     * @throws IllegalArgumentException if the pieces do not fit
     * @throws IllegalStateException if the machine has no more interrupts
     */
    public PciFunction build() {
      MsixLayout layout = msixLayout;
      if (layout != null) {
        PciCheck.that(
            bars.stream().anyMatch(layout::fitsInto), id + " has no BAR with room for MSI-X");
      }
      return new PciFunction(this);
    }
  }
}
