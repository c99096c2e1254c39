package dev.javisor.testing.microguest;

import dev.javisor.internal.boot.BootParameters;
import dev.javisor.internal.boot.KernelImage;
import dev.javisor.internal.boot.KernelLoader;
import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.kvm.Kvm;
import dev.javisor.internal.kvm.KvmExit;
import dev.javisor.internal.kvm.KvmVcpu;
import dev.javisor.internal.kvm.KvmVm;
import dev.javisor.internal.machine.MachineInternals;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.x86.BootRegisters;
import dev.javisor.internal.x86.PlatformLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A micro-guest straight on KVM: memory, local APICs and vCPUs, no devices. The test itself runs
 * the vCPUs and answers their exits.
 */
public final class BareMachine implements AutoCloseable {
  private final Kvm kvm;
  private final KvmVm vm;
  private final GuestMemory memory;
  private final List<KvmVcpu> vcpus = new ArrayList<>();

  private BareMachine(MicroGuest guest) {
    kvm = Kvm.open(Kvm.DEVICE);
    vm = kvm.createVm();
    RamSpec ram = new RamSpec(guest.memory(), false, false, true, false);
    memory = GuestRam.map(ram, PlatformLayout.PCI_MMIO_32.base());
    vm.enableSplitIrqchip(PlatformLayout.IOAPIC_PINS);
    int slot = 0;
    for (AddressRange range : memory.ranges()) {
      vm.setMemory(
          slot++, range.base(), range.size(), memory.hva(range.base(), range.size()), false);
    }
  }

  static BareMachine of(MicroGuest guest) {
    BareMachine made = new BareMachine(guest);
    MachineInternals.makeVcpus(made.kvm, made.vm, guest.cpus(), load(guest, made), made.vcpus);
    return made;
  }

  /** The same memory and vCPUs without a guest: for a state to be restored. */
  public static BareMachine empty(MicroGuest guest) {
    BareMachine made = new BareMachine(guest);
    for (int i = 0; i < guest.cpus(); i++) {
      made.vcpus.add(made.vm.createVcpu(i));
    }
    return made;
  }

  /** The hypervisor. */
  public Kvm kvm() {
    return kvm;
  }

  /** The machine. */
  public KvmVm vm() {
    return vm;
  }

  /** Its RAM. */
  public GuestMemory memory() {
    return memory;
  }

  /** Its first vCPU. */
  public KvmVcpu vcpu() {
    return vcpus.get(0);
  }

  /** A vCPU by its number. */
  public KvmVcpu vcpu(int number) {
    return vcpus.get(number);
  }

  /**
   * Runs the first vCPU up to its next exit.
   *
   * @throws AssertionError if that has another reason
   */
  public KvmExit runTo(int reason) {
    int left = vcpu().run();
    if (left != reason) {
      throw new AssertionError(
          "left the guest with %d, expected %d; rip 0x%x, %s"
              .formatted(
                  left,
                  reason,
                  vcpu().register(dev.javisor.internal.kvm.Register.RIP),
                  left < 0 ? "" : vcpu().exit().describeFailure(left)));
    }
    return vcpu().exit();
  }

  /** Copies all RAM of another machine of the same size. */
  public void copyMemory(BareMachine from) {
    byte[] chunk = new byte[1 << 20];
    for (AddressRange range : memory.ranges()) {
      for (long at = 0; at < range.size(); at += chunk.length) {
        int length = (int) Math.min(chunk.length, range.size() - at);
        from.memory.read(range.base() + at, chunk, 0, length);
        memory.write(range.base() + at, chunk, 0, length);
      }
    }
  }

  @Override
  public void close() {
    vcpus.forEach(KvmVcpu::close);
    vm.close();
    memory.close();
    kvm.close();
  }

  private static BootRegisters load(MicroGuest guest, BareMachine into) {
    try {
      Path file = guest.write(Files.createTempFile("microguest", ".elf"));
      try (Fd kernel = Fd.open(file, Fd.O_RDONLY)) {
        return KernelLoader.load(
            KernelImage.read(kernel),
            new BootParameters("", Optional.empty(), 0, false),
            into.memory);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
