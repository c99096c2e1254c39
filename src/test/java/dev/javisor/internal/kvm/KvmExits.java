package dev.javisor.internal.kvm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Made-up exits, for tests of what this machine's KVM cannot be brought to do. */
public final class KvmExits {
  private KvmExits() {}

  /** An exit with SYSTEM_EVENT. */
  public static KvmExit systemEvent(int type) {
    ByteBuffer run = page();
    run.putInt(KvmStructs.KVM_RUN_SYSTEM_EVENT_TYPE, type);
    return new KvmExit(run);
  }

  /** An exit with MMIO. */
  public static KvmExit mmio(long address, int length, boolean write, long data) {
    ByteBuffer run = page();
    run.putLong(KvmStructs.KVM_RUN_MMIO_PHYS_ADDR, address);
    run.putInt(KvmStructs.KVM_RUN_MMIO_LEN, length);
    run.put(KvmStructs.KVM_RUN_MMIO_IS_WRITE, (byte) (write ? 1 : 0));
    run.putLong(KvmStructs.KVM_RUN_MMIO_DATA, data);
    return new KvmExit(run);
  }

  /** An exit with FAIL_ENTRY. */
  public static KvmExit failEntry(long hardwareReason, int cpu) {
    ByteBuffer run = page();
    run.putLong(KvmStructs.KVM_RUN_FAIL_ENTRY_HARDWARE_ENTRY_FAILURE_REASON, hardwareReason);
    run.putInt(KvmStructs.KVM_RUN_FAIL_ENTRY_CPU, cpu);
    return new KvmExit(run);
  }

  /** An exit with INTERNAL_ERROR and data words. */
  public static KvmExit internalError(int suberror, int count, long... data) {
    ByteBuffer run = page();
    run.putInt(KvmStructs.KVM_RUN_INTERNAL_SUBERROR, suberror);
    run.putInt(KvmStructs.KVM_RUN_INTERNAL_NDATA, count);
    for (int i = 0; i < data.length; i++) {
      run.putLong(KvmStructs.KVM_RUN_INTERNAL_DATA + 8 * i, data[i]);
    }
    return new KvmExit(run);
  }

  private static ByteBuffer page() {
    return ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
  }
}
