package dev.javisor.internal.machine;

import dev.javisor.internal.kvm.IoEventAddress;
import dev.javisor.internal.kvm.KvmVm;
import dev.javisor.internal.sys.EventFd;
import dev.javisor.internal.sys.NativeException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The guest's writes that raise an eventfd and cost the vCPU no exit. Survives resets: {@link
 * #attach} takes them to a new machine of KVM.
 *
 * <p>If KVM takes no more of them (1000 a machine), the guest's writes exit to the device's
 * registers, which wake the worker too, only more slowly.
 *
 * <p>Source: KVM api.rst KVM_IOEVENTFD. Threading: any thread.
 */
final class Doorbells {
  private static final Logger log = LoggerFactory.getLogger(Doorbells.class);

  private final List<Doorbell> listening = new ArrayList<>();
  private @Nullable KvmVm vm;

  /** Takes all doorbells to this machine. */
  synchronized void attach(KvmVm machine) {
    vm = machine;
    listening.forEach(Doorbell::register);
  }

  /** Forgets the machine, which is about to be closed. */
  synchronized void detach() {
    vm = null;
    listening.forEach(bell -> bell.registered = false);
  }

  /** A doorbell that listens nowhere yet, and raises this eventfd. */
  Doorbell create(EventFd event) {
    return new Doorbell(event);
  }

  /** One address, or none. Guarded by the outer object. */
  final class Doorbell {
    private final EventFd event;
    private @Nullable IoEventAddress address;
    private boolean registered;

    private Doorbell(EventFd event) {
      this.event = event;
    }

    /** Listens at this gpa, and nowhere else. */
    void listen(long gpa, int size) {
      synchronized (Doorbells.this) {
        IoEventAddress next = IoEventAddress.mmio(gpa, size);
        if (!next.equals(address)) {
          deafen();
          address = next;
          listening.add(this);
          register();
        }
      }
    }

    /** Listens nowhere. */
    void deafen() {
      synchronized (Doorbells.this) {
        IoEventAddress before = address;
        KvmVm machine = vm;
        if (before != null && registered && machine != null) {
          machine.detachIoEventFd(event, before);
        }
        registered = false;
        address = null;
        listening.remove(this);
      }
    }

    private void register() {
      IoEventAddress at = address;
      KvmVm machine = vm;
      if (at == null || machine == null) {
        return;
      }
      try {
        machine.attachIoEventFd(event, at);
        registered = true;
      } catch (NativeException e) {
        log.warn("{}: its notifications will be slow", event.name(), e);
      }
    }
  }
}
