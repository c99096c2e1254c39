package dev.javisor.internal.kvm;

import dev.javisor.internal.sys.NativeBuffer;
import dev.javisor.internal.x86.CpuidEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Translates between CPUID entries and struct kvm_cpuid2. */
final class CpuidBuffer {
  private CpuidBuffer() {}

  static NativeBuffer withRoomFor(int entries) {
    NativeBuffer buffer =
        NativeBuffer.ofSize(
            KvmStructs.KVM_CPUID2_SIZE + entries * KvmStructs.KVM_CPUID_ENTRY2_SIZE);
    buffer.bytes().putInt(KvmStructs.KVM_CPUID2_NENT, entries);
    return buffer;
  }

  static NativeBuffer write(List<CpuidEntry> entries) {
    NativeBuffer buffer = withRoomFor(entries.size());
    ByteBuffer bytes = buffer.bytes();
    int at = KvmStructs.KVM_CPUID2_ENTRIES;
    for (CpuidEntry entry : entries) {
      bytes.putInt(at + KvmStructs.KVM_CPUID_ENTRY2_FUNCTION, entry.function());
      bytes.putInt(at + KvmStructs.KVM_CPUID_ENTRY2_INDEX, entry.index());
      bytes.putInt(at + KvmStructs.KVM_CPUID_ENTRY2_FLAGS, entry.flags());
      int registers = at + KvmStructs.KVM_CPUID_ENTRY2_EAX;
      bytes.putInt(registers, entry.eax());
      bytes.putInt(registers + 4, entry.ebx());
      bytes.putInt(registers + 8, entry.ecx());
      bytes.putInt(registers + 12, entry.edx());
      at += KvmStructs.KVM_CPUID_ENTRY2_SIZE;
    }
    return buffer;
  }

  /**
   * Reads a structure that may come from anywhere.
   *
   * @throws IllegalArgumentException if its count and its size do not fit each other
   */
  static List<CpuidEntry> read(Blob structure) {
    NativeBuffer buffer = NativeBuffer.ofSize(structure.size());
    buffer.bytes().put(0, structure.bytes());
    int room = structure.size() - KvmStructs.KVM_CPUID2_SIZE;
    int count = room < 0 ? -1 : buffer.bytes().getInt(KvmStructs.KVM_CPUID2_NENT);
    if (count < 0 || (long) count * KvmStructs.KVM_CPUID_ENTRY2_SIZE != room) {
      throw new IllegalArgumentException(
          "KVM_SET_CPUID2: %d entries in a structure of %d bytes"
              .formatted(count, structure.size()));
    }
    return read(buffer);
  }

  /** Reads a structure that KVM has filled. */
  static List<CpuidEntry> read(NativeBuffer buffer) {
    ByteBuffer bytes = buffer.bytes();
    int count = bytes.getInt(KvmStructs.KVM_CPUID2_NENT);
    List<CpuidEntry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int at = KvmStructs.KVM_CPUID2_ENTRIES + i * KvmStructs.KVM_CPUID_ENTRY2_SIZE;
      int registers = at + KvmStructs.KVM_CPUID_ENTRY2_EAX;
      entries.add(
          new CpuidEntry(
              bytes.getInt(at + KvmStructs.KVM_CPUID_ENTRY2_FUNCTION),
              bytes.getInt(at + KvmStructs.KVM_CPUID_ENTRY2_INDEX),
              bytes.getInt(at + KvmStructs.KVM_CPUID_ENTRY2_FLAGS),
              bytes.getInt(registers),
              bytes.getInt(registers + 4),
              bytes.getInt(registers + 8),
              bytes.getInt(registers + 12)));
    }
    return entries;
  }
}
