package dev.javisor.internal.x86;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** CPUID entries that are being changed. */
final class CpuidTable {
  /** The registers of an answer. */
  enum Register {
    EAX,
    EBX,
    ECX,
    EDX
  }

  private final List<CpuidEntry> entries;

  CpuidTable(List<CpuidEntry> entries) {
    this.entries = new ArrayList<>(entries);
  }

  List<CpuidEntry> entries() {
    return List.copyOf(entries);
  }

  /** An answer's register; 0 where there is no answer. */
  int get(int function, int index, Register register) {
    return find(function, index).map(entry -> value(entry, register)).orElse(0);
  }

  /** Changes the masked bits of an answer; nothing happens where there is none. */
  void change(int function, int index, Register register, int mask, int value) {
    for (int i = 0; i < entries.size(); i++) {
      CpuidEntry entry = entries.get(i);
      if (matches(entry, function, index)) {
        int changed = value(entry, register) & ~mask | value & mask;
        entries.set(i, with(entry, register, changed));
      }
    }
  }

  /** Sets bits of an answer's register. */
  void set(int function, int index, Register register, int bits) {
    change(function, index, register, bits, bits);
  }

  /** Clears bits of an answer's register. */
  void clear(int function, int index, Register register, int bits) {
    change(function, index, register, bits, 0);
  }

  /** Puts an answer in the place of the one that is there, or after all others. */
  void put(CpuidEntry entry) {
    for (int i = 0; i < entries.size(); i++) {
      if (matches(entries.get(i), entry.function(), entry.index())) {
        entries.set(i, entry);
        return;
      }
    }
    entries.add(entry);
  }

  /** Removes a leaf with all its sub-leaves: KVM then answers 0. */
  void remove(int function) {
    entries.removeIf(entry -> entry.function() == function);
  }

  /** Removes one sub-leaf. */
  void remove(int function, int index) {
    entries.removeIf(entry -> matches(entry, function, index));
  }

  /** The sub-leaves of a leaf. */
  List<CpuidEntry> leaf(int function) {
    return entries.stream().filter(entry -> entry.function() == function).toList();
  }

  private Optional<CpuidEntry> find(int function, int index) {
    return entries.stream().filter(entry -> matches(entry, function, index)).findFirst();
  }

  private static boolean matches(CpuidEntry entry, int function, int index) {
    boolean anyIndex = (entry.flags() & CpuidEntry.SIGNIFICANT_INDEX) == 0;
    return entry.function() == function && (anyIndex || entry.index() == index);
  }

  private static int value(CpuidEntry entry, Register register) {
    return switch (register) {
      case EAX -> entry.eax();
      case EBX -> entry.ebx();
      case ECX -> entry.ecx();
      case EDX -> entry.edx();
    };
  }

  private static CpuidEntry with(CpuidEntry entry, Register register, int value) {
    return new CpuidEntry(
        entry.function(),
        entry.index(),
        entry.flags(),
        register == Register.EAX ? value : entry.eax(),
        register == Register.EBX ? value : entry.ebx(),
        register == Register.ECX ? value : entry.ecx(),
        register == Register.EDX ? value : entry.edx());
  }
}
