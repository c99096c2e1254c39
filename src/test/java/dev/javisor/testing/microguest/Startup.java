package dev.javisor.testing.microguest;

import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static dev.javisor.testing.microguest.Reg.RCX;
import static dev.javisor.testing.microguest.Reg.RDI;
import static dev.javisor.testing.microguest.Reg.RDX;
import static dev.javisor.testing.microguest.Reg.RSP;

import java.util.function.Consumer;

/** The code that every micro-guest has: from the entry to its user code, and what traps do. */
final class Startup {
  private static final long CR4 = 0x620; // PAE, OSFXSR, OSXMMEXCPT
  private static final long CR0 = 0x8000_0033L; // PG, NE, ET, MP, PE
  private static final int EFER = 0xc000_0080;
  private static final int APIC_BASE = 0x1b;
  private static final int X2APIC_EOI = 0x80b;
  private static final int X2APIC_SPURIOUS = 0x80f;
  private static final int SPURIOUS_VECTOR = 0x1ff;
  private static final int ALL_IOPL = 0x3000;
  private static final int INTERRUPTS = 0x200;
  private static final int EXCEPTIONS_WITH_ERROR_CODE = 0x6022_7d00;

  private final Assembler a;

  Startup(Assembler a) {
    this.a = a;
  }

  /**
   * The first instructions, in 32-bit protected mode: to 64-bit mode.
   *
   * @param gdtr where the operand of LGDT lies
   */
  void enterLongMode(long gdtr) {
    a.bytes(0xfa, 0xfc); // cli; cld
    a.bytes(0x66, 0xb8, Layout.DATA, 0x00, 0x8e, 0xd8); // mov ax, DATA; mov ds, ax
    moveToControl(CR4, 0xe0);
    moveToControl(Layout.PAGE_TABLES, 0xd8);
    a.bytes(0xb9); // mov ecx, EFER
    a.value(4, EFER);
    a.bytes(0x0f, 0x32); // rdmsr
    a.bytes(0x0d, 0x00, 0x01, 0x00, 0x00); // or eax, LME
    a.bytes(0x0f, 0x30); // wrmsr
    moveToControl(CR0, 0xc0);
    a.bytes(0x0f, 0x01, 0x15); // lgdt [gdtr]
    a.value(4, gdtr);
    a.bytes(0xea); // jmp CODE_64:next
    a.value(4, a.here() + 6);
    a.value(2, Layout.CODE_64);
  }

  /**
   * From 64-bit mode on, until the processors part; the number of this one is in RDI then.
   *
   * @param counter memory in which processors are numbered
   */
  void prepareCpu(long counter, long idtr, boolean x2apic) {
    a.mov(RAX, Layout.DATA);
    a.bytes(0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0); // mov ds, eax; mov es, eax; mov ss, eax
    a.mov(RAX, 1);
    a.lockXadd(4, Mem.at(counter), RAX);
    a.mov(RDI, RAX);
    a.shl(RAX, Layout.STACK_SHIFT);
    a.add(RAX, (int) Layout.kernelStackTop(0));
    a.mov(RSP, RAX);
    a.mov(RAX, RDI);
    a.shl(RAX, 4);
    a.add(RAX, Layout.FIRST_TASK);
    a.bytes(0x0f, 0x00, 0xd8); // ltr ax
    a.lidt(Mem.at(idtr));
    if (x2apic) {
      a.rdmsr(APIC_BASE);
      a.or(RAX, 0xc00);
      a.bytes(0x0f, 0x30); // wrmsr
      a.wrmsr(X2APIC_SPURIOUS, SPURIOUS_VECTOR);
    }
  }

  /** Runs code at CPL 0 with the processor's number in RDI, then goes to CPL 3 with it. */
  void runAndDrop(Consumer<Assembler> kernelCode, Label user, boolean interrupts) {
    a.push(RDI);
    kernelCode.accept(a);
    a.pop(RDI);
    a.mov(RAX, RDI);
    a.shl(RAX, Layout.STACK_SHIFT);
    a.add(RAX, (int) Layout.kernelStackTop(0) + 0x1000);
    a.push(Layout.USER_DATA);
    a.push(RAX);
    a.push(2 | ALL_IOPL | (interrupts ? INTERRUPTS : 0));
    a.push(Layout.USER_CODE_64);
    a.bytes(0x48, 0x8d, 0x05); // lea rax, [rip + user]
    a.relative(user);
    a.push(RAX);
    a.iretq();
  }

  /** An interrupt handler around code that may use RAX, RCX and RDX. */
  void handler(Consumer<Assembler> body) {
    a.push(RAX);
    a.push(RCX);
    a.push(RDX);
    body.accept(a);
    a.wrmsr(X2APIC_EOI, 0);
    a.pop(RDX);
    a.pop(RCX);
    a.pop(RAX);
    a.iretq();
  }

  /** What an exception comes to that nothing else handles: see {@link #reporter}. */
  void trap(int vector, Label reporter) {
    if ((EXCEPTIONS_WITH_ERROR_CODE >>> vector & 1) == 0) {
      a.push(0);
    }
    a.push(vector);
    a.jmp(reporter);
  }

  /** Prints vector, error code, RIP and CR2, and switches off. */
  void reporter() {
    Label hex = a.label();
    a.print(MicroGuest.TRAP_MARK);
    for (int i = 0; i < 3; i++) {
      a.load(8, RBX, Mem.at(RSP, 8 * i));
      a.call(hex);
    }
    a.bytes(0x0f, 0x20, 0xd3); // mov rbx, cr2
    a.call(hex);
    a.print("\n");
    a.powerOff();
    a.here(hex);
    a.print(" ");
    a.printHex(RBX);
    a.ret();
  }

  /**
   * 16-bit code for the other processors: to protected mode, and on to where the first one began.
   */
  static byte[] trampoline(long gdtr, long entry) {
    Assembler a = new Assembler(Layout.TRAMPOLINE);
    a.bytes(0xfa, 0x8c, 0xc8, 0x8e, 0xd8); // cli; mov ax, cs; mov ds, ax
    a.bytes(0x66, 0x0f, 0x01, 0x16); // lgdt [..]
    int operand = 32;
    a.value(2, operand);
    a.bytes(0x0f, 0x20, 0xc0); // mov eax, cr0
    a.bytes(0x66, 0x83, 0xc8, 0x01); // or eax, PE
    a.bytes(0x0f, 0x22, 0xc0); // mov cr0, eax
    a.bytes(0x66, 0xea); // jmp CODE_32:entry
    a.value(4, entry);
    a.value(2, Layout.CODE_32);
    a.align(operand);
    a.value(2, gdtLimit());
    a.value(4, Layout.GDT);
    return a.toByteArray();
  }

  static int gdtLimit() {
    return Layout.FIRST_TASK + 16 * Layout.MAX_RUNNING_CPUS - 1;
  }

  private void moveToControl(long value, int register) {
    a.bytes(0xb8); // mov eax, value
    a.value(4, value);
    a.bytes(0x0f, 0x22, register); // mov crN, eax
  }
}
