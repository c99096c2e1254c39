package dev.javisor.internal.pci;

import dev.javisor.internal.bus.BusDevice;
import dev.javisor.internal.bus.MsiLines;
import java.util.ArrayList;
import java.util.List;

/**
 * A function's message-signalled interrupts: table, pending bits, masks.
 *
 * <p>Source: PCI 3.0 §6.8.2. Writes of less than 4 bytes to the table, which the specification
 * leaves undefined, vanish; so do writes to the pending bits.
 *
 * <p>Not modelled: Bus Master Enable, which would hold messages back too.
 *
 * <p>Threading: {@link #trigger} and the table from any thread; the rest under the bus's lock.
 */
public final class Msix implements AutoCloseable {
  private static final int ENABLE = 1 << 15;
  private static final int FUNCTION_MASK = 1 << 14;
  private static final int CONTROL_WRITABLE = ENABLE | FUNCTION_MASK;

  private final MsixLayout layout;
  private final List<MsixVector> vectors = new ArrayList<>();
  private volatile boolean enabled;
  private boolean functionMasked;

  Msix(String id, MsixLayout layout, MsiLines lines) {
    this.layout = layout;
    try {
      for (int i = 0; i < layout.vectors(); i++) {
        vectors.add(new MsixVector(lines.create("%s vector %d".formatted(id, i))));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** How many vectors there are. */
  public int vectors() {
    return layout.vectors();
  }

  /** Whether the guest turned MSI-X on. */
  public boolean enabled() {
    return enabled;
  }

  /**
   * Raises an interrupt: sends its message, or remembers it while it is masked. Does nothing while
   * MSI-X is off, or if there is no such vector (virtio's 0xffff stands for none).
   */
  public void trigger(int vector) {
    if (vector >= 0 && vector < layout.vectors()) {
      vectors.get(vector).trigger();
    }
  }

  /** Gives all interrupts back. */
  @Override
  public void close() {
    vectors.forEach(MsixVector::close);
  }

  static PciCapability capability(MsixLayout layout) {
    int control = layout.vectors() - 1;
    byte[] body = new byte[10];
    put(body, 0, 2, control);
    put(body, 2, 4, layout.tableOffset() | layout.bar());
    put(body, 6, 4, layout.pbaOffset() | layout.bar());
    byte[] writable = new byte[10];
    put(writable, 0, 2, CONTROL_WRITABLE);
    return PciCapability.of(PciCapability.MSIX, body).writable(writable);
  }

  /** Takes the control register after the guest wrote it, or after a reset. */
  void control(int control) {
    boolean enable = (control & ENABLE) != 0;
    boolean mask = (control & FUNCTION_MASK) != 0;
    if (enable == enabled && mask == functionMasked) {
      return;
    }
    enabled = enable;
    functionMasked = mask;
    for (MsixVector vector : vectors) {
      if (enable) {
        vector.enable(mask);
      } else {
        vector.disable();
      }
    }
  }

  void reset() {
    control(0);
    MsixState.Vector fresh = new MsixState.Vector(0, 0, true, false);
    vectors.forEach(vector -> vector.restore(fresh));
  }

  MsixState save() {
    return new MsixState(vectors.stream().map(MsixVector::save).toList());
  }

  /** Takes a state over; {@link #control} follows. */
  void restore(MsixState state) {
    check(state);
    reset();
    for (int i = 0; i < vectors.size(); i++) {
      vectors.get(i).restore(state.vectors().get(i));
    }
  }

  void check(MsixState state) {
    PciCheck.that(
        state.vectors().size() == vectors.size(),
        "%d MSI-X vectors, here %d".formatted(state.vectors().size(), vectors.size()));
  }

  /** The BAR with table and pending bits laid over its registers. */
  BusDevice over(BusDevice registers) {
    return new BusDevice() {
      @Override
      public long read(long offset, int size) {
        if (within(offset - layout.tableOffset(), layout.tableSize())) {
          return readTable((int) offset - layout.tableOffset(), size);
        }
        if (within(offset - layout.pbaOffset(), layout.pbaSize())) {
          return pendingBits((int) offset - layout.pbaOffset());
        }
        return registers.read(offset, size);
      }

      @Override
      public void write(long offset, int size, long value) {
        if (within(offset - layout.tableOffset(), layout.tableSize())) {
          writeTable((int) offset - layout.tableOffset(), size, value);
        } else if (!within(offset - layout.pbaOffset(), layout.pbaSize())) {
          registers.write(offset, size, value);
        }
      }
    };
  }

  private long readTable(int offset, int size) {
    long value = readRegister(offset & -4) & 0xffff_ffffL;
    if (size == 8) {
      value |= (long) readRegister((offset & -4) + 4) << 32;
    }
    return value >>> 8 * (offset & 3);
  }

  private int readRegister(int offset) {
    return offset < layout.tableSize()
        ? vectors.get(offset / MsixVector.SIZE).read(offset / 4 % 4)
        : -1;
  }

  private void writeTable(int offset, int size, long value) {
    if (size >= 4 && offset % 4 == 0) {
      for (int done = 0; done < size && offset + done < layout.tableSize(); done += 4) {
        vectors
            .get((offset + done) / MsixVector.SIZE)
            .write((offset + done) / 4 % 4, (int) (value >>> 8 * done));
      }
    }
  }

  private long pendingBits(int offset) {
    long bits = 0;
    int first = offset / 8 * 64;
    for (int i = 0; i < 64 && first + i < vectors.size(); i++) {
      bits |= vectors.get(first + i).pending() ? 1L << i : 0;
    }
    return bits >>> 8 * (offset & 7);
  }

  private static boolean within(long offset, int size) {
    return Long.compareUnsigned(offset, size) < 0;
  }

  private static void put(byte[] bytes, int at, int size, int value) {
    for (int i = 0; i < size; i++) {
      bytes[at + i] = (byte) (value >>> 8 * i);
    }
  }
}
