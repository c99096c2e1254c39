package dev.javisor.testing.microguest;

import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RCX;
import static dev.javisor.testing.microguest.Reg.RDX;

import java.util.function.Consumer;

/**
 * Writes 64-bit code: single instructions, and below them what tests do all the time. Widths are in
 * bytes: 1, 2, 4 or 8.
 *
 * <p>Source: SDM vol. 2.
 */
public final class Assembler extends Encoder {
  private static final int SERIAL = 0x3f8;
  private static final int ACPI_SHUTDOWN = 0x600;
  private static final int POWER_OFF = 0x34;
  private static final int RESET = 1;

  Assembler(long origin) {
    super(origin);
  }

  // Instructions.

  /** Loads a constant. */
  public void mov(Reg to, long value) {
    if (value >>> 32 == 0) {
      encode(4, 0xb8, to);
      value(4, value);
    } else {
      encode(8, 0xb8, to);
      value(8, value);
    }
  }

  public void mov(Reg to, Reg from) {
    encode(8, new int[] {0x89}, from.ordinal(), to);
  }

  /** Loads from memory; a width below 8 leaves or clears the rest as the processor does. */
  public void load(int width, Reg to, Mem from) {
    encode(width, new int[] {width == 1 ? 0x8a : 0x8b}, to.ordinal(), from);
  }

  /** Loads a byte or two from memory, and clears the rest. */
  public void loadZero(int width, Reg to, Mem from) {
    encode(4, new int[] {0x0f, width == 1 ? 0xb6 : 0xb7}, to.ordinal(), from);
  }

  public void store(int width, Mem to, Reg from) {
    encode(width, new int[] {width == 1 ? 0x88 : 0x89}, from.ordinal(), to);
  }

  public void store(int width, Mem to, int value) {
    encode(width, new int[] {width == 1 ? 0xc6 : 0xc7}, 0, to);
    value(Math.min(width, 4), value);
  }

  public void add(Reg to, Reg from) {
    encode(8, new int[] {0x01}, from.ordinal(), to);
  }

  public void add(Reg to, int value) {
    arithmetic(0, to, value);
  }

  public void sub(Reg to, Reg from) {
    encode(8, new int[] {0x29}, from.ordinal(), to);
  }

  public void and(Reg to, int value) {
    arithmetic(4, to, value);
  }

  public void or(Reg to, int value) {
    arithmetic(1, to, value);
  }

  public void cmp(Reg left, int right) {
    arithmetic(7, left, right);
  }

  public void cmp(Reg left, Reg right) {
    encode(8, new int[] {0x39}, right.ordinal(), left);
  }

  public void cmp(int width, Mem left, int right) {
    encode(width, new int[] {width == 1 ? 0x80 : 0x81}, 7, left);
    value(Math.min(width, 4), right);
  }

  public void xor(Reg to, Reg from) {
    encode(8, new int[] {0x31}, from.ordinal(), to);
  }

  public void shl(Reg to, int count) {
    encode(8, new int[] {0xc1}, 4, to);
    bytes(count);
  }

  public void shr(Reg to, int count) {
    encode(8, new int[] {0xc1}, 5, to);
    bytes(count);
  }

  public void inc(Reg register) {
    encode(8, new int[] {0xff}, 0, register);
  }

  public void dec(Reg register) {
    encode(8, new int[] {0xff}, 1, register);
  }

  public void inc(int width, Mem memory) {
    encode(width, new int[] {width == 1 ? 0xfe : 0xff}, 0, memory);
  }

  /** Increments memory in one indivisible step. */
  public void lockInc(int width, Mem memory) {
    bytes(0xf0);
    inc(width, memory);
  }

  /** Adds a register to memory in one indivisible step; the register gets what was there. */
  public void lockXadd(int width, Mem memory, Reg register) {
    bytes(0xf0);
    encode(width, new int[] {0x0f, width == 1 ? 0xc0 : 0xc1}, register.ordinal(), memory);
  }

  public void cmpxchg16b(Mem memory) {
    encode(8, new int[] {0x0f, 0xc7}, 1, memory);
  }

  public void push(Reg register) {
    encode(4, 0x50, register);
  }

  public void push(int value) {
    bytes(0x68);
    value(4, value);
  }

  public void pop(Reg register) {
    encode(4, 0x58, register);
  }

  public void jmp(Label target) {
    bytes(0xe9);
    relative(target);
  }

  public void jmp(Reg target) {
    encode(4, new int[] {0xff}, 4, target);
  }

  public void jump(Condition condition, Label target) {
    bytes(0x0f, 0x80 | condition.code);
    relative(target);
  }

  public void call(Label target) {
    bytes(0xe8);
    relative(target);
  }

  public void ret() {
    bytes(0xc3);
  }

  /** Writes AL, AX or EAX to a port; above 255 DX takes its number. */
  public void out(int width, int port) {
    port(width, port, 0xe6, 0xee);
  }

  /** Reads a port into AL, AX or EAX; above 255 DX takes its number. */
  public void in(int width, int port) {
    port(width, port, 0xe4, 0xec);
  }

  /** Writes RCX elements from RSI to a port; DX takes its number. */
  public void repOuts(int width, int port) {
    mov(RDX, port);
    string(width, 0x6e);
  }

  /** Reads RCX elements from a port to RDI; DX takes its number. */
  public void repIns(int width, int port) {
    mov(RDX, port);
    string(width, 0x6c);
  }

  /** Reads the time-stamp counter into RAX; takes RDX. */
  public void rdtsc() {
    bytes(0x0f, 0x31);
    shl(RDX, 32);
    add(RAX, RDX);
  }

  /** Orders all loads and stores before it with all behind it. */
  public void mfence() {
    bytes(0x0f, 0xae, 0xf0);
  }

  public void pause() {
    bytes(0xf3, 0x90);
  }

  public void nop() {
    bytes(0x90);
  }

  public void ud2() {
    bytes(0x0f, 0x0b);
  }

  public void cpuid() {
    bytes(0x0f, 0xa2);
  }

  public void movq(int xmm, Reg from) {
    bytes(0x66);
    encode(8, new int[] {0x0f, 0x6e}, xmm, from);
  }

  public void movq(Reg to, int xmm) {
    bytes(0x66);
    encode(8, new int[] {0x0f, 0x7e}, xmm, to);
  }

  // CPL 0 only.

  public void cli() {
    bytes(0xfa);
  }

  public void sti() {
    bytes(0xfb);
  }

  public void hlt() {
    bytes(0xf4);
  }

  public void iretq() {
    bytes(0x48, 0xcf);
  }

  public void lidt(Mem pseudoDescriptor) {
    encode(4, new int[] {0x0f, 0x01}, 3, pseudoDescriptor);
  }

  /** Reads a model-specific register into EDX:EAX; ECX takes its number. */
  public void rdmsr(int msr) {
    mov(RCX, Integer.toUnsignedLong(msr));
    bytes(0x0f, 0x32);
  }

  /** Writes a model-specific register; takes RAX, RCX and RDX. */
  public void wrmsr(int msr, long value) {
    mov(RCX, Integer.toUnsignedLong(msr));
    mov(RAX, value & 0xffff_ffffL);
    mov(RDX, value >>> 32);
    bytes(0x0f, 0x30);
  }

  // What tests do all the time.

  /** Writes a constant to a port; takes RAX, and RDX above port 255. */
  public void out(int width, int port, long value) {
    mov(RAX, value);
    out(width, port);
  }

  /** Writes a byte to a port; takes RAX, and RDX above port 255. */
  public void outb(int port, int value) {
    out(1, port, value);
  }

  /** Writes to the serial console; takes RAX and RDX. */
  public void print(String text) {
    for (int i = 0; i < text.length(); i++) {
      outb(SERIAL, text.charAt(i));
    }
  }

  /** Writes a register, but RAX, RCX or RDX, as 16 hexadecimal digits; takes those three. */
  public void printHex(Reg value) {
    mov(RDX, SERIAL);
    times(
        RCX,
        16,
        () -> {
          Label digit = label();
          encode(8, new int[] {0xc1}, 0, value); // rol value, 4
          bytes(4);
          mov(RAX, value);
          and(RAX, 0xf);
          add(RAX, '0');
          cmp(RAX, '9' + 1);
          jump(Condition.BELOW, digit);
          add(RAX, 'a' - '9' - 1);
          here(digit);
          bytes(0xee); // out dx, al
        });
  }

  /** Switches the machine off; takes RAX and RDX. */
  public void powerOff() {
    outb(ACPI_SHUTDOWN, POWER_OFF);
    spin();
  }

  /** Resets the machine; takes RAX and RDX. */
  public void reset() {
    outb(ACPI_SHUTDOWN, RESET);
    spin();
  }

  /** Does nothing, for ever. */
  public void spin() {
    jmp(here(label()));
  }

  /** Does something for ever. */
  public void forever(Runnable body) {
    Label again = here(label());
    body.run();
    jmp(again);
  }

  /** Does something so many times; the register counts down to 0. */
  public void times(Reg counter, long count, Runnable body) {
    mov(counter, count);
    Label again = here(label());
    body.run();
    dec(counter);
    jump(Condition.NOT_EQUAL, again);
  }

  /** Waits until memory holds a value, 4 bytes of it. */
  public void await(Mem memory, int value) {
    Label again = here(label());
    pause();
    cmp(4, memory, value);
    jump(Condition.NOT_EQUAL, again);
  }

  /** Waits until a count in memory has come as far as this, 4 bytes of it. */
  public void awaitAtLeast(Mem memory, int value) {
    Label again = here(label());
    pause();
    cmp(4, memory, value);
    jump(Condition.BELOW, again);
  }

  /** Embeds data in the code, and hands on its address. */
  public void withData(byte[] data, Consumer<Long> use) {
    Label after = label();
    jmp(after);
    long address = here();
    for (byte b : data) {
      bytes(b);
    }
    here(after);
    use.accept(address);
  }

  private void arithmetic(int extension, Reg to, int value) {
    encode(8, new int[] {0x81}, extension, to);
    value(4, value);
  }

  private void port(int width, int port, int direct, int byDx) {
    if (port > 0xff) {
      mov(RDX, port);
    }
    if (width == 2) {
      bytes(0x66);
    }
    int wide = width == 1 ? 0 : 1;
    if (port > 0xff) {
      bytes(byDx | wide);
    } else {
      bytes(direct | wide, port);
    }
  }

  private void string(int width, int opcode) {
    bytes(0xf3);
    if (width == 2) {
      bytes(0x66);
    }
    bytes(opcode | (width == 1 ? 0 : 1));
  }
}
