package dev.javisor.internal.kvm;

import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.NativeBuffer;
import dev.javisor.internal.sys.NativeException;
import dev.javisor.internal.x86.CpuidEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The hypervisor of the host: an open /dev/kvm.
 *
 * <p>Threading: any thread.
 */
public final class Kvm implements AutoCloseable {
  /** Where Linux has it. */
  public static final Path DEVICE = Path.of("/dev/kvm");

  /** The only version there is: KVM api.rst KVM_GET_API_VERSION. */
  public static final int API_VERSION = 12;

  private static final int FIRST_GUESS_OF_CPUID_ENTRIES = 128;
  private static final int MOST_CPUID_ENTRIES = 4096;

  private final Fd fd;

  private Kvm(Fd fd) {
    this.fd = fd;
  }

  /**
   * Opens the device; checks nothing.
   *
   * @throws NativeException ENOENT or ENODEV without KVM, EACCES without permission
   * @throws dev.javisor.internal.sys.NativeUnavailableException on another platform
   */
  public static Kvm open(Path device) {
    return new Kvm(Fd.open(device, Fd.O_RDWR));
  }

  /** KVM api.rst KVM_GET_API_VERSION. */
  public int apiVersion() {
    return (int) fd.ioctl("KVM_GET_API_VERSION", KvmNumbers.KVM_GET_API_VERSION, 0);
  }

  /**
   * The names of the capabilities that Javisor needs and this KVM lacks; empty when all is well.
   */
  public List<String> missingCapabilities() {
    List<String> missing = new ArrayList<>();
    for (KvmCapability capability : KvmCapability.values()) {
      if (extension(capability.number()) == 0) {
        missing.add("KVM_CAP_" + capability.name());
      }
    }
    return missing;
  }

  /** The most vCPUs that one machine can have. */
  public int maxVcpus() {
    return extension(KvmNumbers.KVM_CAP_MAX_VCPUS);
  }

  /**
   * What CPUID leaves this KVM can give a guest: KVM api.rst KVM_GET_SUPPORTED_CPUID.
   *
   * @throws NativeException if KVM does not tell
   */
  public List<CpuidEntry> supportedCpuid() {
    for (int room = FIRST_GUESS_OF_CPUID_ENTRIES; ; room *= 2) {
      NativeBuffer cpuid = CpuidBuffer.withRoomFor(room);
      try {
        fd.ioctl("KVM_GET_SUPPORTED_CPUID", KvmNumbers.KVM_GET_SUPPORTED_CPUID, cpuid);
        return CpuidBuffer.read(cpuid);
      } catch (NativeException e) {
        if (e.errno() != Errno.E2BIG || room >= MOST_CPUID_ENTRIES) {
          throw e;
        }
      }
    }
  }

  /** The model-specific registers that make up a guest's state: KVM_GET_MSR_INDEX_LIST. */
  public List<Integer> msrIndices() {
    NativeBuffer list = NativeBuffer.ofSize(KvmStructs.KVM_MSR_LIST_SIZE);
    long probe = fd.tryIoctl(KvmNumbers.KVM_GET_MSR_INDEX_LIST, list.address());
    if (probe < 0 && probe != -Errno.E2BIG) {
      throw new NativeException("ioctl(KVM_GET_MSR_INDEX_LIST)", (int) -probe, "");
    }
    int count = Math.min(list.bytes().getInt(KvmStructs.KVM_MSR_LIST_NMSRS), 4096);
    list = NativeBuffer.ofSize(KvmStructs.KVM_MSR_LIST_SIZE + count * Integer.BYTES);
    list.bytes().putInt(KvmStructs.KVM_MSR_LIST_NMSRS, count);
    fd.ioctl("KVM_GET_MSR_INDEX_LIST", KvmNumbers.KVM_GET_MSR_INDEX_LIST, list);
    List<Integer> indices = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      indices.add(list.bytes().getInt(KvmStructs.KVM_MSR_LIST_INDICES + i * Integer.BYTES));
    }
    return indices;
  }

  /**
   * Makes a virtual machine without memory and vCPUs: KVM api.rst KVM_CREATE_VM.
   *
   * @throws NativeException if the host's KVM refuses
   */
  public KvmVm createVm() {
    long result;
    do {
      result = fd.tryIoctl(KvmNumbers.KVM_CREATE_VM, 0);
    } while (result == -Errno.EINTR);
    if (result < 0) {
      String hint = result == -Errno.EBUSY ? "is another hypervisor using the CPU?" : "";
      throw new NativeException("ioctl(KVM_CREATE_VM)", (int) -result, hint);
    }
    long mapping = fd.ioctl("KVM_GET_VCPU_MMAP_SIZE", KvmNumbers.KVM_GET_VCPU_MMAP_SIZE, 0);
    return new KvmVm(new Fd((int) result, "KVM machine"), mapping);
  }

  /** KVM api.rst KVM_CHECK_EXTENSION: 0 if this KVM does not have it. */
  int extension(int capability) {
    return (int) fd.ioctl("KVM_CHECK_EXTENSION", KvmNumbers.KVM_CHECK_EXTENSION, capability);
  }

  @Override
  public void close() {
    fd.close();
  }
}
