package dev.javisor.internal.kvm;

/** The general registers, in the order of struct kvm_regs. */
public enum Register {
  RAX,
  RBX,
  RCX,
  RDX,
  RSI,
  RDI,
  RSP,
  RBP,
  R8,
  R9,
  R10,
  R11,
  R12,
  R13,
  R14,
  R15,
  RIP,
  RFLAGS;

  int offset() {
    return ordinal() * Long.BYTES;
  }
}
