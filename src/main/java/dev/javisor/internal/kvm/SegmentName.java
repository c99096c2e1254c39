package dev.javisor.internal.kvm;

/** The segment registers, in the order of struct kvm_sregs. */
public enum SegmentName {
  CS,
  DS,
  ES,
  FS,
  GS,
  SS,
  TR,
  LDT;

  int offset() {
    return ordinal() * KvmStructs.KVM_SEGMENT_SIZE;
  }
}
