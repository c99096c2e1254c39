package dev.javisor.internal.kvm;

import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.NativeBuffer;
import dev.javisor.internal.sys.NativeException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Translates between model-specific registers and struct kvm_msrs. */
final class MsrBuffer {
  private MsrBuffer() {}

  static NativeBuffer write(List<Msr> msrs) {
    NativeBuffer buffer =
        NativeBuffer.ofSize(KvmStructs.KVM_MSRS_SIZE + msrs.size() * KvmStructs.KVM_MSR_ENTRY_SIZE);
    ByteBuffer bytes = buffer.bytes();
    bytes.putInt(KvmStructs.KVM_MSRS_NMSRS, msrs.size());
    int at = KvmStructs.KVM_MSRS_ENTRIES;
    for (Msr msr : msrs) {
      bytes.putInt(at + KvmStructs.KVM_MSR_ENTRY_INDEX, msr.index());
      bytes.putLong(at + KvmStructs.KVM_MSR_ENTRY_DATA, msr.value());
      at += KvmStructs.KVM_MSR_ENTRY_SIZE;
    }
    return buffer;
  }

  /**
   * Reads registers; KVM stops at the first that it does not have, which is left out before the
   * rest is asked for again.
   */
  static List<Msr> readAll(Fd vcpu, List<Integer> indices) {
    List<Msr> values = new ArrayList<>(indices.size());
    int next = 0;
    while (next < indices.size()) {
      List<Msr> asked = new ArrayList<>();
      for (int index : indices.subList(next, indices.size())) {
        asked.add(new Msr(index, 0));
      }
      NativeBuffer buffer = write(asked);
      long done = vcpu.tryIoctl(KvmNumbers.KVM_GET_MSRS, buffer.address());
      if (done < 0 && done != -Errno.EINVAL) {
        throw new NativeException("ioctl(KVM_GET_MSRS)", (int) -done, vcpu.name());
      }
      for (int i = 0; i < done; i++) {
        int at = KvmStructs.KVM_MSRS_ENTRIES + i * KvmStructs.KVM_MSR_ENTRY_SIZE;
        values.add(
            new Msr(
                asked.get(i).index(), buffer.bytes().getLong(at + KvmStructs.KVM_MSR_ENTRY_DATA)));
      }
      next += (int) Math.max(done, 0) + 1;
    }
    return values;
  }
}
