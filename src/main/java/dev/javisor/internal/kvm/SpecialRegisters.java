package dev.javisor.internal.kvm;

import dev.javisor.internal.sys.NativeBuffer;
import dev.javisor.internal.x86.Segment;
import java.nio.ByteBuffer;

/**
 * A copy of a vCPU's segment, table and control registers, to be changed and written back.
 *
 * <p>Source: KVM api.rst KVM_SET_SREGS, struct kvm_sregs. Threading: none.
 */
public final class SpecialRegisters {
  /** IA32_APIC_BASE.EXTD: SDM Vol 3A, "x2APIC Mode". */
  private static final long APIC_BASE_EXTD = 1 << 10;

  private final NativeBuffer buffer;

  SpecialRegisters(NativeBuffer buffer) {
    this.buffer = buffer;
  }

  NativeBuffer buffer() {
    return buffer;
  }

  /** Sets a segment register. */
  public SpecialRegisters segment(SegmentName name, Segment segment) {
    ByteBuffer bytes = buffer.bytes();
    int at = name.offset();
    bytes.putLong(at + KvmStructs.KVM_SEGMENT_BASE, segment.base());
    bytes.putInt(at + KvmStructs.KVM_SEGMENT_LIMIT, segment.limit());
    bytes.putShort(at + KvmStructs.KVM_SEGMENT_SELECTOR, (short) segment.selector());
    bytes.put(at + KvmStructs.KVM_SEGMENT_TYPE, (byte) segment.type());
    bytes.put(at + KvmStructs.KVM_SEGMENT_S, bit(segment.codeOrData()));
    bytes.put(at + KvmStructs.KVM_SEGMENT_DPL, (byte) segment.dpl());
    bytes.put(at + KvmStructs.KVM_SEGMENT_PRESENT, bit(segment.present()));
    bytes.put(at + KvmStructs.KVM_SEGMENT_AVL, bit(segment.available()));
    bytes.put(at + KvmStructs.KVM_SEGMENT_L, bit(segment.longMode()));
    bytes.put(at + KvmStructs.KVM_SEGMENT_DB, bit(segment.defaultBig()));
    bytes.put(at + KvmStructs.KVM_SEGMENT_G, bit(segment.pageGranular()));
    bytes.put(at + KvmStructs.KVM_SEGMENT_UNUSABLE, bit(!segment.present()));
    return this;
  }

  /** The privilege level: 0 for the kernel, 3 for user mode. */
  public int privilegeLevel() {
    return buffer.bytes().get(SegmentName.SS.offset() + KvmStructs.KVM_SEGMENT_DPL);
  }

  /** The linear address at which a segment begins. */
  public long segmentBase(SegmentName name) {
    return buffer.bytes().getLong(name.offset() + KvmStructs.KVM_SEGMENT_BASE);
  }

  /** Sets the global descriptor table's register. */
  public SpecialRegisters gdt(long base, int limit) {
    return table(KvmStructs.KVM_SREGS_GDT, base, limit);
  }

  /** Sets the interrupt descriptor table's register. */
  public SpecialRegisters idt(long base, int limit) {
    return table(KvmStructs.KVM_SREGS_IDT, base, limit);
  }

  /** CR0. */
  public long cr0() {
    return buffer.bytes().getLong(KvmStructs.KVM_SREGS_CR0);
  }

  /** CR3. */
  public long cr3() {
    return buffer.bytes().getLong(KvmStructs.KVM_SREGS_CR3);
  }

  /** Sets CR0, CR3, CR4 and EFER. */
  public SpecialRegisters control(long cr0, long cr3, long cr4, long efer) {
    ByteBuffer bytes = buffer.bytes();
    bytes.putLong(KvmStructs.KVM_SREGS_CR0, cr0);
    bytes.putLong(KvmStructs.KVM_SREGS_CR3, cr3);
    bytes.putLong(KvmStructs.KVM_SREGS_CR4, cr4);
    bytes.putLong(KvmStructs.KVM_SREGS_EFER, efer);
    return this;
  }

  /** Starts the local APIC in x2APIC mode, the only one that has ids of more than 8 bits. */
  public SpecialRegisters enableX2Apic() {
    ByteBuffer bytes = buffer.bytes();
    long base = bytes.getLong(KvmStructs.KVM_SREGS_APIC_BASE);
    bytes.putLong(KvmStructs.KVM_SREGS_APIC_BASE, base | APIC_BASE_EXTD);
    return this;
  }

  /** Whether the local APIC is in x2APIC mode. */
  public boolean isX2Apic() {
    return (buffer.bytes().getLong(KvmStructs.KVM_SREGS_APIC_BASE) & APIC_BASE_EXTD) != 0;
  }

  private SpecialRegisters table(int at, long base, int limit) {
    buffer.bytes().putLong(at + KvmStructs.KVM_DTABLE_BASE, base);
    buffer.bytes().putShort(at + KvmStructs.KVM_DTABLE_LIMIT, (short) limit);
    return this;
  }

  private static byte bit(boolean value) {
    return (byte) (value ? 1 : 0);
  }
}
