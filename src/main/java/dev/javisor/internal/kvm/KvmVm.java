package dev.javisor.internal.kvm;

import dev.javisor.internal.sys.EventFd;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.Mapping;
import dev.javisor.internal.sys.NativeBuffer;
import dev.javisor.internal.sys.NativeException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A virtual machine of KVM: memory slots, interrupt routes, vCPUs.
 *
 * <p>The kernel frees it when this descriptor, those of its vCPUs and their mappings are all gone.
 *
 * <p>Threading: any thread. Errors: {@link dev.javisor.internal.sys.NativeException} with the
 * request's name.
 */
public final class KvmVm implements AutoCloseable {
  private final Fd fd;
  private final long vcpuMappingSize;

  KvmVm(Fd fd, long vcpuMappingSize) {
    this.fd = fd;
    this.vcpuMappingSize = vcpuMappingSize;
  }

  /**
   * Sets where Intel hosts keep three pages for real mode and one for its page table: KVM api.rst
   * KVM_SET_TSS_ADDR, KVM_SET_IDENTITY_MAP_ADDR. Before any vCPU is made.
   *
   * @param tssGpa three pages below 4 GiB that are no RAM
   * @param identityMapGpa one more page
   */
  public void reserveRealModePages(long tssGpa, long identityMapGpa) {
    NativeBuffer address = NativeBuffer.ofSize(8);
    address.bytes().putLong(0, identityMapGpa);
    fd.ioctl("KVM_SET_IDENTITY_MAP_ADDR", KvmNumbers.KVM_SET_IDENTITY_MAP_ADDR, address);
    fd.ioctl("KVM_SET_TSS_ADDR", KvmNumbers.KVM_SET_TSS_ADDR, tssGpa);
  }

  /**
   * Puts the local APICs into the kernel, while IOAPIC and messages stay outside: KVM api.rst
   * KVM_CAP_SPLIT_IRQCHIP. Before any vCPU is made.
   *
   * @param pins the IOAPIC's pins, the first interrupts of the routing table
   */
  public void enableSplitIrqchip(int pins) {
    enable("KVM_CAP_SPLIT_IRQCHIP", KvmNumbers.KVM_CAP_SPLIT_IRQCHIP, pins);
  }

  /**
   * Takes 32-bit APIC ids in messages and states, and no broadcast by id 255: KVM api.rst
   * KVM_CAP_X2APIC_API. Before any vCPU is made.
   */
  public void enableX2ApicIds() {
    enable(
        "KVM_CAP_X2APIC_API",
        KvmNumbers.KVM_CAP_X2APIC_API,
        KvmNumbers.KVM_X2APIC_API_USE_32BIT_IDS
            | KvmNumbers.KVM_X2APIC_API_DISABLE_BROADCAST_QUIRK);
  }

  /**
   * Makes host memory the guest's RAM: KVM api.rst KVM_SET_USER_MEMORY_REGION.
   *
   * @param slot the number of the memory slot; a slot that exists is replaced
   * @param gpa where the guest sees it, a multiple of 4096
   * @param size bytes, a multiple of 4096; 0 takes the slot away
   * @param hva host memory that outlives the slot
   * @param readOnly whether guest writes exit instead
   */
  public void setMemory(int slot, long gpa, long size, long hva, boolean readOnly) {
    NativeBuffer region = NativeBuffer.ofSize(KvmStructs.KVM_USERSPACE_MEMORY_REGION_SIZE);
    ByteBuffer bytes = region.bytes();
    bytes.putInt(KvmStructs.KVM_USERSPACE_MEMORY_REGION_SLOT, slot);
    bytes.putInt(
        KvmStructs.KVM_USERSPACE_MEMORY_REGION_FLAGS, readOnly ? KvmNumbers.KVM_MEM_READONLY : 0);
    bytes.putLong(KvmStructs.KVM_USERSPACE_MEMORY_REGION_GUEST_PHYS_ADDR, gpa);
    bytes.putLong(KvmStructs.KVM_USERSPACE_MEMORY_REGION_MEMORY_SIZE, size);
    bytes.putLong(KvmStructs.KVM_USERSPACE_MEMORY_REGION_USERSPACE_ADDR, hva);
    fd.ioctl("KVM_SET_USER_MEMORY_REGION", KvmNumbers.KVM_SET_USER_MEMORY_REGION, region);
  }

  /**
   * Makes a vCPU: KVM api.rst KVM_CREATE_VCPU.
   *
   * @param apicId its APIC id
   */
  public KvmVcpu createVcpu(int apicId) {
    long number = fd.ioctl("KVM_CREATE_VCPU", KvmNumbers.KVM_CREATE_VCPU, apicId);
    Fd vcpu = new Fd((int) number, "vCPU with APIC id " + apicId);
    try {
      Mapping run = Mapping.shared(vcpu, vcpuMappingSize, 0);
      return new KvmVcpu(vcpu, run, extension(KvmNumbers.KVM_CAP_XSAVE2));
    } catch (RuntimeException e) {
      vcpu.close();
      throw e;
    }
  }

  /** Replaces the whole routing table: KVM api.rst KVM_SET_GSI_ROUTING. */
  public void setRoutes(List<GsiRoute> routes) {
    NativeBuffer table =
        NativeBuffer.ofSize(
            KvmStructs.KVM_IRQ_ROUTING_SIZE
                + routes.size() * KvmStructs.KVM_IRQ_ROUTING_ENTRY_SIZE);
    ByteBuffer bytes = table.bytes();
    bytes.putInt(KvmStructs.KVM_IRQ_ROUTING_NR, routes.size());
    int at = KvmStructs.KVM_IRQ_ROUTING_ENTRIES;
    for (GsiRoute route : routes) {
      bytes.putInt(at + KvmStructs.KVM_IRQ_ROUTING_ENTRY_GSI, route.gsi());
      bytes.putInt(at + KvmStructs.KVM_IRQ_ROUTING_ENTRY_TYPE, KvmNumbers.KVM_IRQ_ROUTING_MSI);
      bytes.putInt(
          at + KvmStructs.KVM_IRQ_ROUTING_ENTRY_U_MSI_ADDRESS_LO, (int) route.msiAddress());
      bytes.putInt(
          at + KvmStructs.KVM_IRQ_ROUTING_ENTRY_U_MSI_ADDRESS_HI,
          (int) (route.msiAddress() >>> 32));
      bytes.putInt(at + KvmStructs.KVM_IRQ_ROUTING_ENTRY_U_MSI_DATA, route.msiData());
      at += KvmStructs.KVM_IRQ_ROUTING_ENTRY_SIZE;
    }
    fd.ioctl("KVM_SET_GSI_ROUTING", KvmNumbers.KVM_SET_GSI_ROUTING, table);
  }

  /** Lets an eventfd raise an interrupt of the routing table: KVM api.rst KVM_IRQFD. */
  public void attachIrqFd(EventFd irqFd, int gsi) {
    irqFd(irqFd, gsi, 0);
  }

  /** Undoes {@link #attachIrqFd}. */
  public void detachIrqFd(EventFd irqFd, int gsi) {
    irqFd(irqFd, gsi, KvmNumbers.KVM_IRQFD_FLAG_DEASSIGN);
  }

  /**
   * Lets guest writes at an address raise an eventfd instead of an exit: KVM api.rst KVM_IOEVENTFD.
   */
  public void attachIoEventFd(EventFd ioEventFd, IoEventAddress address) {
    ioEventFd(ioEventFd, address, 0);
  }

  /** Undoes {@link #attachIoEventFd}. */
  public void detachIoEventFd(EventFd ioEventFd, IoEventAddress address) {
    ioEventFd(ioEventFd, address, KvmNumbers.KVM_IOEVENTFD_FLAG_DEASSIGN);
  }

  /** Sends a message-signalled interrupt: KVM api.rst KVM_SIGNAL_MSI. */
  public void signalMsi(long address, int data) {
    MsiMessage message = new MsiMessage();
    message.set(address, data);
    int result = send(message);
    if (result < 0) {
      throw new NativeException("ioctl(KVM_SIGNAL_MSI)", -result, fd.name());
    }
  }

  /**
   * Sends a message-signalled interrupt: KVM api.rst KVM_SIGNAL_MSI. Allocates nothing.
   *
   * @return above 0 if it was delivered, 0 if the guest masked it; else the negated errno, such as
   *     that of a message which no processor takes, or of a machine that was closed
   */
  public int send(MsiMessage message) {
    return (int) fd.tryIoctl(KvmNumbers.KVM_SIGNAL_MSI, message.address());
  }

  /** The guest's paravirtual clock in nanoseconds: KVM api.rst KVM_GET_CLOCK. */
  public long clock() {
    NativeBuffer clock = NativeBuffer.ofSize(KvmStructs.KVM_CLOCK_DATA_SIZE);
    fd.ioctl("KVM_GET_CLOCK", KvmNumbers.KVM_GET_CLOCK, clock);
    return clock.bytes().getLong(0);
  }

  /** Sets the guest's paravirtual clock: KVM api.rst KVM_SET_CLOCK. */
  public void setClock(long nanoseconds) {
    NativeBuffer clock = NativeBuffer.ofSize(KvmStructs.KVM_CLOCK_DATA_SIZE);
    clock.bytes().putLong(0, nanoseconds);
    fd.ioctl("KVM_SET_CLOCK", KvmNumbers.KVM_SET_CLOCK, clock);
  }

  @Override
  public void close() {
    fd.close();
  }

  private int extension(int capability) {
    return (int) fd.ioctl("KVM_CHECK_EXTENSION", KvmNumbers.KVM_CHECK_EXTENSION, capability);
  }

  private void enable(String name, int capability, long argument) {
    NativeBuffer cap = NativeBuffer.ofSize(KvmStructs.KVM_ENABLE_CAP_SIZE);
    cap.bytes().putInt(KvmStructs.KVM_ENABLE_CAP_CAP, capability);
    cap.bytes().putLong(KvmStructs.KVM_ENABLE_CAP_ARGS, argument);
    fd.ioctl("KVM_ENABLE_CAP " + name, KvmNumbers.KVM_ENABLE_CAP, cap);
  }

  private void irqFd(EventFd event, int gsi, int flags) {
    NativeBuffer irqfd = NativeBuffer.ofSize(KvmStructs.KVM_IRQFD_SIZE);
    irqfd.bytes().putInt(KvmStructs.KVM_IRQFD_FD, event.number());
    irqfd.bytes().putInt(KvmStructs.KVM_IRQFD_GSI, gsi);
    irqfd.bytes().putInt(KvmStructs.KVM_IRQFD_FLAGS, flags);
    fd.ioctl("KVM_IRQFD", KvmNumbers.KVM_IRQFD, irqfd);
  }

  private void ioEventFd(EventFd event, IoEventAddress address, int flags) {
    NativeBuffer ioeventfd = NativeBuffer.ofSize(KvmStructs.KVM_IOEVENTFD_SIZE);
    ByteBuffer bytes = ioeventfd.bytes();
    bytes.putLong(KvmStructs.KVM_IOEVENTFD_ADDR, address.address());
    bytes.putInt(KvmStructs.KVM_IOEVENTFD_LEN, address.length());
    bytes.putInt(KvmStructs.KVM_IOEVENTFD_FD, event.number());
    int kind = address.port() ? KvmNumbers.KVM_IOEVENTFD_FLAG_PIO : 0;
    if (address.matchesData()) {
      kind |= KvmNumbers.KVM_IOEVENTFD_FLAG_DATAMATCH;
      bytes.putLong(KvmStructs.KVM_IOEVENTFD_DATAMATCH, address.data());
    }
    bytes.putInt(KvmStructs.KVM_IOEVENTFD_FLAGS, kind | flags);
    fd.ioctl("KVM_IOEVENTFD", KvmNumbers.KVM_IOEVENTFD, ioeventfd);
  }
}
