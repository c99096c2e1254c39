package dev.javisor.internal.machine;

import dev.javisor.internal.bus.MsiLine;
import dev.javisor.internal.bus.MsiLines;
import dev.javisor.internal.kvm.KvmVm;
import dev.javisor.internal.kvm.MsiMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts whose messages devices send straight to KVM.
 *
 * <p>Another way would be a route and an eventfd for each vector (KVM_SET_GSI_ROUTING, KVM_IRQFD).
 * A message costs the same system call, and neither a descriptor, nor a wait for all vCPUs whenever
 * the guest changes a vector, nor time at the machine's end; and there is no limit of vectors.
 * Routes are for what raises interrupts inside the kernel, such as vhost.
 *
 * <p>Source: KVM api.rst KVM_SIGNAL_MSI, Intel SDM volume 3 §11.11.1. Threading: any thread.
 */
final class MessageInterrupts implements MsiLines {
  /** The addresses that are messages to local APICs: 1 MiB. */
  private static final long LOCAL_APICS = 0xfee0_0000L;

  private static final long LOCAL_APICS_MASK = ~0xf_ffffL;

  private final List<Line> lines = new ArrayList<>();
  private volatile @Nullable KvmVm vm;

  /** Sends to this machine from now on. */
  void attach(KvmVm machine) {
    vm = machine;
  }

  /** Sends nothing from now on: on return none is sending either. */
  void detach() {
    vm = null;
    List<Line> all;
    synchronized (lines) {
      all = List.copyOf(lines);
    }
    all.forEach(Line::awaitTrigger);
  }

  @Override
  public MsiLine create(String name) {
    Line line = new Line();
    synchronized (lines) {
      lines.add(line);
    }
    return line;
  }

  /** Guarded by {@code this}. */
  private final class Line implements MsiLine {
    private final MsiMessage message = new MsiMessage();
    private boolean routed;

    @Override
    public synchronized void route(long address, int data) {
      routed = (address & LOCAL_APICS_MASK) == LOCAL_APICS;
      message.set(InterruptRouter.kvmAddress(address), data);
    }

    @Override
    public synchronized void unroute() {
      routed = false;
    }

    @Override
    public synchronized void trigger() {
      KvmVm machine = vm;
      if (routed && machine != null) {
        // What fails is the guest's doing: a message that no processor takes.
        machine.send(message);
      }
    }

    /** Whoever was sending when this was called is done on return. */
    synchronized void awaitTrigger() {}

    @Override
    public void close() {
      unroute();
      synchronized (lines) {
        lines.remove(this);
      }
    }
  }
}
