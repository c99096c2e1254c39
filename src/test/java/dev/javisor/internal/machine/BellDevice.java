package dev.javisor.internal.machine;

import dev.javisor.internal.bus.BusDevice;
import dev.javisor.internal.bus.DeviceCounters;
import dev.javisor.internal.bus.DeviceListener;
import dev.javisor.internal.bus.QueueWorker;
import dev.javisor.internal.pci.Bar;
import dev.javisor.internal.pci.BarListener;
import dev.javisor.internal.pci.MsixLayout;
import dev.javisor.internal.pci.PciDevice;
import dev.javisor.internal.pci.PciFunction;
import dev.javisor.internal.pci.PciFunctionState;
import dev.javisor.internal.pci.PciIdentity;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A PCI device with a doorbell at {@link #BELL} of BAR 0 that costs no exit. Rung, it raises vector
 * 0; the guest reads at {@link #EXITS} how often a write to the doorbell exited all the same.
 */
final class BellDevice implements PciDevice<PciFunctionState>, BusDevice, BarListener {
  static final int BELL = 0;
  static final int EXITS = 8;
  static final int TABLE = 0x800;

  final AtomicInteger rung = new AtomicInteger();
  final AtomicInteger exits = new AtomicInteger();
  private final PciFunction function;
  private volatile DeviceListener listener;
  private final QueueWorker worker;

  BellDevice(DeviceHost host) {
    worker = host.workers().create("bell0", this::ring);
    function =
        PciFunction.builder("bell0", new PciIdentity(0x1b36, 5, 1, 0xff_0000, 0, 0))
            .bar(Bar.memory32(0, 4096, this))
            .msix(new MsixLayout(0, TABLE, 0xc00, 2), host.interrupts())
            .listener(this)
            .build();
  }

  QueueWorker worker() {
    return worker;
  }

  /** Tells of its first ring. */
  @Override
  public void listen(DeviceListener to) {
    listener = to;
  }

  @Override
  public DeviceCounters counters() {
    return new DeviceCounters() {
      @Override
      public String id() {
        return "bell0";
      }

      @Override
      public Map<String, Long> counters() {
        return Map.of("rings", rung.longValue());
      }
    };
  }

  private void ring() {
    if (rung.getAndIncrement() == 0) {
      listener.activated(id());
      listener.reset(id());
    }
    function.msix().trigger(0);
  }

  @Override
  public long read(long offset, int size) {
    return offset == EXITS ? exits.get() : 0;
  }

  @Override
  public void write(long offset, int size, long value) {
    if (offset == BELL) {
      exits.incrementAndGet();
      worker.wake();
    }
  }

  @Override
  public void mapped(int bar, long gpa) {
    worker.listen(gpa + BELL, 0);
  }

  @Override
  public void unmapped(int bar) {
    worker.deafen();
  }

  @Override
  public String id() {
    return "bell0";
  }

  @Override
  public PciFunction function() {
    return function;
  }

  @Override
  public void reset() {
    function.reset();
  }

  @Override
  public void quiesce() {
    worker.pause();
  }

  @Override
  public void resume() {
    worker.resume();
  }

  @Override
  public PciFunctionState save() {
    return function.save();
  }

  @Override
  public void restore(PciFunctionState state) {
    function.restore(state);
  }

  @Override
  public void close() {
    worker.close();
    function.close();
  }
}
