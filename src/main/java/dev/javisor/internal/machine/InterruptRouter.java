package dev.javisor.internal.machine;

import dev.javisor.internal.kvm.GsiRoute;
import dev.javisor.internal.kvm.KvmVm;
import dev.javisor.internal.legacy.IoApic;
import dev.javisor.internal.legacy.MsiRouter;
import dev.javisor.internal.sys.EventFd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The routing table from interrupts to local APICs, and the eventfds that raise them. The first
 * interrupts (GSIs) are the IOAPIC's pins. Survives resets: {@link #attach} takes the table to a
 * new machine of KVM.
 *
 * <p>KVM replaces the table as a whole, so all routes are kept here and set together. A pin is only
 * attached once it has a route: each attached eventfd makes the machine's end take longer.
 *
 * <p>Source: KVM api.rst KVM_SET_GSI_ROUTING, KVM_IRQFD. Threading: any thread.
 */
final class InterruptRouter implements MsiRouter, AutoCloseable {
  /** Bits 11:5 of a message's address: bits 14:8 of an extended destination id. */
  private static final long EXTENDED_DESTINATION = 0x7fL << 5;

  private static final int TO_UPPER_HALF = 32 + 8 - 5;

  private final List<EventFd> pins = new ArrayList<>();
  private final Map<Integer, GsiRoute> routes = new TreeMap<>();
  private @Nullable KvmVm vm;

  InterruptRouter() {
    try {
      for (int pin = 0; pin < IoApic.PINS; pin++) {
        pins.add(new EventFd("irqfd of IOAPIC pin " + pin, false));
      }
    } catch (RuntimeException e) {
      pins.forEach(EventFd::close);
      throw e;
    }
  }

  @Override
  public synchronized void route(int pin, long msiAddress, int msiData, boolean masked) {
    if (!masked) {
      GsiRoute route = new GsiRoute(pin, kvmAddress(msiAddress), msiData);
      GsiRoute before = routes.put(pin, route);
      if (!route.equals(before)) {
        apply();
      }
      if (before == null && vm != null) {
        vm.attachIrqFd(pins.get(pin), pin);
      }
    }
  }

  @Override
  public void signal(int pin) {
    pins.get(pin).signal();
  }

  /** Takes all routes to this machine, in place of the one before. */
  synchronized void attach(KvmVm machine) {
    vm = machine;
    if (!routes.isEmpty()) {
      apply();
    }
    for (int pin : routes.keySet()) {
      machine.attachIrqFd(pins.get(pin), pin);
    }
  }

  /**
   * Returns once what was signalled has reached the local APICs. KVM delivers some interrupts a
   * little later, on a thread of its own, and waits for that when their eventfd is taken away.
   */
  synchronized void settle() {
    KvmVm machine = vm;
    if (machine != null) {
      for (int pin : routes.keySet()) {
        machine.detachIrqFd(pins.get(pin), pin);
        machine.attachIrqFd(pins.get(pin), pin);
      }
    }
  }

  /** Forgets the machine, which is about to be closed, and its routes. */
  synchronized void detach() {
    vm = null;
    routes.clear();
  }

  @Override
  public synchronized void close() {
    vm = null;
    pins.forEach(EventFd::close);
  }

  /** KVM takes the upper bits of a destination in the upper half of the address. */
  static long kvmAddress(long msiAddress) {
    long extended = msiAddress & EXTENDED_DESTINATION;
    return msiAddress & ~EXTENDED_DESTINATION | extended << TO_UPPER_HALF;
  }

  private void apply() {
    if (vm != null) {
      vm.setRoutes(new ArrayList<>(routes.values()));
    }
  }
}
