package dev.javisor.internal.kvm;

import dev.javisor.internal.sys.NativeBuffer;

/**
 * A message-signalled interrupt, ready to be sent over and over: KVM api.rst struct kvm_msi.
 *
 * <p>Threading: {@link #set} excludes {@link KvmVm#send}, by the caller's doing.
 */
public final class MsiMessage {
  private final NativeBuffer buffer = NativeBuffer.ofSize(KvmStructs.KVM_MSI_SIZE);

  /**
   * Sets what is sent.
   *
   * @param address the message's address; the upper half holds bits 31:8 of a destination, where
   *     x2APIC ids are enabled
   * @param data the message's data
   */
  public void set(long address, int data) {
    buffer.bytes().putInt(KvmStructs.KVM_MSI_ADDRESS_LO, (int) address);
    buffer.bytes().putInt(KvmStructs.KVM_MSI_ADDRESS_HI, (int) (address >>> 32));
    buffer.bytes().putInt(KvmStructs.KVM_MSI_DATA, data);
  }

  long address() {
    return buffer.address();
  }
}
